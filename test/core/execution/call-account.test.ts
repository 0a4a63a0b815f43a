import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURES, type FailureCause, RouterError } from '../../../lib/core/errors';
import { CallAccount } from '../../../lib/core/execution/call-account';
import type { CallStage } from '../../../lib/core/execution/provider';
import type { Usage } from '../../../lib/core/types';
import { SOME_USAGE } from '../../fixtures/scripted-provider';

const PROMPT_TOKENS = 300;
const CAUSES = Object.keys(FAILURES) as FailureCause[];

const failure = (cause: FailureCause): RouterError => RouterError.failure(cause, 'It failed.');

function accountAt(stage: CallStage | undefined): CallAccount {
  const account = new CallAccount(PROMPT_TOKENS);
  if (stage !== undefined) account.reached(stage);
  return account;
}

/**
 * Causes by which a call that has come so far, and brought no content, is billed. Whatever is no refusal, once an answer has
 * begun, though no host that answers can be one that was not reached.
 */
const BILLED: readonly (readonly [CallStage | undefined, readonly FailureCause[]])[] = [
  [undefined, []],
  ['refused', []],
  ['sent', ['first-token-timeout', 'stall-timeout', 'total-timeout', 'aborted']],
  [
    'accepted',
    [
      'unreachable',
      'connect-timeout',
      'first-token-timeout',
      'stall-timeout',
      'total-timeout',
      'cut',
      'malformed',
      'empty',
      'diverged',
      'aborted',
    ],
  ],
];

describe('what a call without any content is booked at', () => {
  it.each(BILLED)('%s: nothing, but for %j, where the prompt is', (stage, billed) => {
    const booked = CAUSES.filter((cause) => accountAt(stage).spentInVain(failure(cause)) !== undefined);
    expect(booked).toEqual(billed);
  });

  it('is the prompt as it was estimated, and says so', () => {
    expect(accountAt('sent').spentInVain(failure('aborted'))).toEqual({
      inputTokens: PROMPT_TOKENS,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    });
  });

  it('is nothing where the router broke before the tier began an answer, and the prompt where it broke after', () => {
    const internal = new RouterError('internal', 'Nobody foresaw it.');
    expect(accountAt('sent').spentInVain(internal)).toBeUndefined();
    expect(accountAt('accepted').spentInVain(internal)).toMatchObject({ inputTokens: PROMPT_TOKENS });
  });

  it('goes by the last try: a key that was refused and renewed leaves no trace', () => {
    const account = accountAt('refused');
    account.reached('sent');
    expect(account.spentInVain(failure('total-timeout'))).toMatchObject({ inputTokens: PROMPT_TOKENS });
  });
});

describe('what the tier has told', () => {
  const cached: Usage = { ...SOME_USAGE, inputTokens: 20, cacheReadTokens: 280, outputTokens: 1, reasoningTokens: 1 };

  it('of the prompt wins over the estimate, and the output is counted', () => {
    const account = accountAt('accepted');
    account.tells(cached, 'prompt');
    expect(account.spent(40)).toEqual({ ...cached, outputTokens: 10, reasoningTokens: 0, estimated: true });
    expect(account.spentInVain(failure('aborted'))).toMatchObject({ inputTokens: 20, outputTokens: 0 });
  });

  it('of the prompt alone bills nothing that the tier refused', () => {
    const account = accountAt('accepted');
    account.tells(cached, 'prompt');
    expect(account.spentInVain(failure('overloaded'))).toBeUndefined();
  });

  it('of everything wins over all counting', () => {
    const account = accountAt('accepted');
    account.tells(SOME_USAGE, 'all');
    expect(account.spent(4000)).toBe(SOME_USAGE);
    expect(account.spentInVain(failure('server-error'))).toBe(SOME_USAGE);
  });
});

it('books at least the prompt, and never less for more words', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (inputTokens, characters, more) => {
      const account = new CallAccount(inputTokens);
      const usage = account.spent(characters);
      expect(usage.inputTokens).toBe(inputTokens);
      expect(account.spent(characters + more).outputTokens).toBeGreaterThanOrEqual(usage.outputTokens);
    }),
  );
});
