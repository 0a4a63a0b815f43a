import { asRouterError, RouterError } from '../errors';
import type { Answer, AnswerChoice, Exclusion, StreamSlice, Usage } from '../types';
import type { ChatCompletion } from '../types-chat';
import type { Exhausted } from '../types-live';
import type { Tier } from '../types-policy';
import { assemble, choicesOf } from './assemble';
import { HeldBeginning } from './beginning';
import { CallAccount } from './call-account';
import type { Measure } from './measure';
import type { ProviderCall, StreamTail, TierProvider } from './provider';
import type { Watch } from './watch';
import { charactersOf, failureOfWholeness, StreamTally } from './wholeness';
import { withholdPrompt } from './withhold';

/** One call to make: what to send to whom, and what to expect of it. */
export interface CallSetup {
  readonly provider: TierProvider;
  readonly call: ProviderCall;
  readonly watch: Watch;
  /** Choices the caller asked for. */
  readonly choices: number;
  /** Input tokens as estimated, for a call that ends without usage. */
  readonly inputTokens: number;
  /** Reads how sure the tier was, where a check asks for it. */
  readonly measure?: Measure | undefined;
}

/** One call for an answer that comes bit by bit. */
export interface StreamSetup extends CallSetup {
  readonly nowMs: () => number;
  /** To the first content. */
  readonly firstTokenMs: number;
  /** Whether the answer may end at once: it goes on from a beginning that may have been all of it. */
  readonly mayAddNothing: boolean;
  /** Tokens of a stream that are enough to judge it by; absent: it is held back whole. */
  readonly heldTokens?: number | undefined;
}

/** A whole answer in hand: as one completion, or as the slices of a stream held back until judged. */
export interface Answered {
  readonly kind: 'answered';
  readonly answer: Answer;
  readonly usage: Usage;
  readonly firstContentAtMs?: number;
  readonly delivery:
    | { readonly kind: 'completion'; readonly completion: ChatCompletion; readonly text: string }
    | {
        readonly kind: 'held';
        readonly slices: readonly StreamSlice[];
        readonly tally: StreamTally;
        readonly tail: StreamTail;
      };
}

/** A stream whose first content is in hand. */
export interface Live {
  readonly kind: 'live';
  /** What the first slices say, where they are to be judged before they are passed on. */
  readonly beginning?: Answer;
  readonly first: readonly StreamSlice[];
  readonly rest: AsyncGenerator<StreamSlice, StreamTail>;
  readonly tally: StreamTally;
  readonly account: CallAccount;
  readonly firstContentAtMs: number;
}

export interface Failed {
  readonly kind: 'failed';
  readonly error: RouterError;
  /** Where a call was not made, be it the first or one more try: why the tier took none. */
  readonly withheld?: Exclusion;
  /** Where that was for want of money: the budget that had no room. */
  readonly exhausted?: Exhausted;
  /** What the tier will bill although nothing came of it. */
  readonly usage?: Usage;
}

/** Asks for the answer in one piece. */
export async function completeCall(setup: CallSetup): Promise<Answered | Failed> {
  const { provider, call, watch } = setup;
  const account = new CallAccount(setup.inputTokens);
  try {
    const { completion, text, usage } = await watch.wait(provider.complete(followed(call, account)));
    const choices = measured(choicesOf(completion), setup);
    const spent = usage ?? account.spent(charactersOf(choices));
    const error = failureOfWholeness(choices, setup.choices, call.tier.id);
    watch.stop();
    if (error !== undefined) return { kind: 'failed', error, usage: spent };
    const answer: Answer = { model: completion.model || call.model, choices, usage: spent };
    return { kind: 'answered', answer, usage: spent, delivery: { kind: 'completion', completion, text } };
  } catch (error) {
    return failedInVain(error, account, setup);
  } finally {
    watch.end();
  }
}

/** Opens a stream and waits for its first content; after that it is the caller's. */
export async function openCall(setup: StreamSetup): Promise<Live | Failed> {
  const { provider, call, watch } = setup;
  const tally = new StreamTally(setup.mayAddNothing);
  const account = new CallAccount(setup.inputTokens);
  const first: StreamSlice[] = [];
  try {
    watch.arm('first-token-timeout', setup.firstTokenMs);
    const rest = await watch.wait(provider.stream(followed(call, account)));
    account.reached('accepted');
    while (!tally.hasContent) {
      const next = await watch.wait(rest.next());
      if (next.done) {
        watch.stop();
        return { kind: 'failed', error: emptiness(tally, setup), usage: next.value.usage ?? account.spent(0) };
      }
      first.push(next.value);
      for (const chunk of next.value.chunks) tally.add(chunk);
    }
    watch.disarm();
    return { kind: 'live', first, rest, tally, account, firstContentAtMs: setup.nowMs() };
  } catch (error) {
    watch.end();
    return failedInVain(error, account, setup);
  }
}

function followed(call: ProviderCall, progress: CallAccount): ProviderCall {
  return Object.assign({}, call, { progress });
}

function failedInVain(thrown: unknown, account: CallAccount, setup: CallSetup): Failed {
  const error = failureOf(thrown, setup);
  const usage = account.spentInVain(error);
  return usage === undefined ? { kind: 'failed', error } : { kind: 'failed', error, usage };
}

function failureOf(thrown: unknown, { call }: CallSetup): RouterError {
  return withholdPrompt(asRouterError(thrown), call.body, call.tier.id);
}

/** Why a stream that ended without any content did so. */
function emptiness(tally: StreamTally, { choices, call: { tier } }: CallSetup): RouterError {
  return tally.failure(choices, tier.id) ?? RouterError.failure('empty', `Tier "${tier.id}" gave an empty answer.`);
}

function measured(choices: readonly AnswerChoice[], { measure }: CallSetup): readonly AnswerChoice[] {
  return measure === undefined ? choices : measure.of(choices);
}

/**
 * Asks for a stream and holds it back until it has ended whole, or as much of it is in hand as it is to be judged by, so
 * that nobody sees it before.
 */
export async function heldCall(setup: StreamSetup): Promise<Answered | Live | Failed> {
  const live = await openCall(setup);
  if (live.kind === 'failed') return live;
  const slices = [...live.first];
  const held = new HeldBeginning(setup.heldTokens ?? Number.POSITIVE_INFINITY, setup.choices, setup.measure);
  for (const slice of slices) held.add(slice);
  let goesOn = false;
  const spentSoFar = (): Usage => live.account.spent(live.tally.characters);
  try {
    const tail = await hold(live, slices, held, setup);
    const choices = measured(assemble(slices.flatMap(({ chunks }) => chunks)), setup);
    const model = live.tally.model || setup.call.model;
    goesOn = tail === undefined;
    if (tail === undefined) return Object.assign({}, live, { first: slices, beginning: { model, choices } });
    const usage = tail.usage ?? spentSoFar();
    const error = failureOfWholeness(choices, setup.choices, setup.call.tier.id);
    setup.watch.stop();
    if (error !== undefined) return { kind: 'failed', error, usage };
    const answer: Answer = { model, choices, usage };
    const delivery = { kind: 'held', slices, tally: live.tally, tail } as const;
    return { kind: 'answered', answer, usage, firstContentAtMs: live.firstContentAtMs, delivery };
  } catch (error) {
    return { kind: 'failed', error: failureOf(error, setup), usage: spentSoFar() };
  } finally {
    if (!goesOn) setup.watch.end();
  }
}

/** Takes slices until enough is held, and then gives undefined; or until the end, and gives that. */
async function hold(
  live: Live,
  slices: StreamSlice[],
  held: HeldBeginning,
  { watch, call }: CallSetup,
): Promise<StreamTail | undefined> {
  while (!held.isEnough) {
    const next = await nextSlice(live, watch, call.tier);
    if (next.done) return next.value;
    slices.push(next.value);
    held.add(next.value);
  }
  return undefined;
}

/** The next slice, or the end. The stall clock runs only while waiting for the tier, never for a slow caller. */
export async function nextSlice(
  live: Live,
  watch: Watch,
  tier: Tier,
): Promise<IteratorResult<StreamSlice, StreamTail>> {
  watch.arm('stall-timeout', tier.timeouts.stallMs);
  const next = await watch.wait(live.rest.next());
  watch.disarm();
  if (!next.done) for (const chunk of next.value.chunks) live.tally.add(chunk);
  return next;
}
