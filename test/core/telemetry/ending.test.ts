import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../lib/core/errors';
import { embeddedMetrics } from '../../../lib/core/telemetry/embedded-metrics';
import { type Ending, endingOf } from '../../../lib/core/telemetry/ending';
import { addRecord, emptyRollup, mergedRollups } from '../../../lib/core/telemetry/rollup/rollup';
import { NO_SUMS, type Sums, sumsOf } from '../../../lib/core/telemetry/rollup/sums';
import type { Attribution } from '../../../lib/core/types';
import { anAttribution } from '../../lambda/shared/an-attribution';

const CALL = {
  tier: 'small',
  model: 'small-model',
  because: 'first',
  costUsd: 0,
  startedAtMs: 0,
  latencyMs: 1,
  location: 'vpc',
} as const;
const ANSWERED = { ...CALL, outcome: 'answered' } as const;
const FAILED = { ...CALL, outcome: 'failed', cause: 'server-error' } as const;

/** A record by its error and its calls, with the decision of a request that no tier could take where there is none. */
function ended(
  error: string | undefined,
  attempts: Attribution['attempts'],
  more: Partial<Attribution> & { readonly isDecided?: boolean } = {},
): Attribution {
  const { isDecided = true, ...rest } = more;
  const whole = anAttribution({ requestId: 'req-1', attempts });
  if (error === undefined) return { ...whole, ...rest };
  const status = ERRORS[error as ErrorCode]?.status ?? 500;
  const decision = isDecided
    ? whole.decision
    : { ...whole.decision, tier: null, reason: 'refused', ladder: [], refusal: { code: error, message: '' } };
  return { ...whole, tier: null, model: null, status, error, decision: decision as Attribution['decision'], ...rest };
}

const UNDECIDED = { isDecided: false };
const LEFT = { abandoned: true };

const CASES: readonly (readonly [name: string, ending: Ending, record: Attribution])[] = [
  ['an answer', 'answered', ended(undefined, [ANSWERED])],
  ['an answer after a failure', 'answered', ended(undefined, [FAILED, ANSWERED])],
  ['an answer that was kept', 'answered', ended(undefined, [], { reason: 'cached' })],
  ['a draft that no check passed', 'answered', ended(undefined, [ANSWERED], { reason: 'oracle-unmet' })],
  ['a budget that refuses', 'refused', ended('budget_exceeded', [])],
  ['a budget that has no room for any tier', 'refused', ended('budget_exceeded', [], UNDECIDED)],
  ['budgets that cannot be asked', 'refused', ended('tiers_unavailable', [])],
  ['residency', 'refused', ended('residency_unavailable', [], UNDECIDED)],
  ['open breakers and full queues', 'refused', ended('tiers_unavailable', [], UNDECIDED)],
  ['a tier that took no call at the last moment', 'refused', ended('tiers_unavailable', [])],
  ['a key that admits no tier', 'refused', ended('forbidden', [], UNDECIDED)],
  ['tiers that failed', 'failed', ended('upstream_error', [FAILED, FAILED])],
  ['tiers that were busy', 'failed', ended('tiers_unavailable', [FAILED])],
  ['tiers that failed where residency kept the prompt from others', 'failed', ended('residency_unavailable', [FAILED])],
  ['a deadline', 'failed', ended('upstream_timeout', [FAILED])],
  ['an answer that was held back', 'failed', ended('answer_rejected', [ANSWERED])],
  ['a budget that stopped the second call', 'failed', ended('budget_exceeded', [ANSWERED])],
  ['a stream that broke off', 'failed', ended('upstream_error', [FAILED], { status: 200, tier: 'small' })],
  ['a fault of the router', 'failed', ended('internal', [])],
  ['a caller who left', 'failed', ended('internal', [FAILED], LEFT)],
  ['a caller who left before any call', 'failed', ended('internal', [], LEFT)],
  ['a caller who left in a stream', 'failed', ended('internal', [FAILED], { ...LEFT, status: 200, tier: 'small' })],
  ['a prompt that tiers found too long', 'caller-fault', ended('context_length_exceeded', [FAILED, FAILED])],
  ['a prompt that no tier has room for', 'caller-fault', ended('context_length_exceeded', [], UNDECIDED)],
  ['what no tier can do', 'caller-fault', ended('unsupported', [], UNDECIDED)],
  ['a tier that is none', 'caller-fault', ended('model_not_found', [], UNDECIDED)],
  ['a request that a tier found fault with', 'caller-fault', ended('invalid_request', [FAILED])],
  ['content that was filtered', 'caller-fault', ended('content_filter', [FAILED])],
  ['a stream that was filtered', 'caller-fault', ended('content_filter', [FAILED], { status: 200, tier: 'small' })],
];

const MEMBER: Readonly<Record<Ending, keyof Sums>> = {
  answered: 'answered',
  refused: 'refused',
  failed: 'failed',
  'caller-fault': 'callerFaults',
};

function addedUp({ answered, refused, failed, callerFaults }: Sums): number {
  return answered + refused + failed + callerFaults;
}

/** Records as they may be, those that no router writes included. */
const record: fc.Arbitrary<Attribution> = fc
  .record({
    error: fc.oneof(
      fc.constant(undefined),
      fc.constantFrom(...Object.keys(ERRORS)),
      fc.constantFrom('of_another_release', 'constructor', '__proto__'),
    ),
    status: fc.option(fc.constantFrom(200, 302, 400, 404, 422, 429, 500, 502, 503), { nil: undefined }),
    attempts: fc.array(fc.constantFrom(ANSWERED, FAILED), { maxLength: 3 }),
    isDecided: fc.boolean(),
    abandoned: fc.boolean(),
  })
  .map(({ error, attempts, isDecided, abandoned, status }) =>
    ended(error, attempts, { isDecided, abandoned, ...(status !== undefined && { status }) }),
  );

describe('what became of a request', () => {
  it.each(CASES)('%s: %s', (_name, ending, one) => {
    expect(endingOf(one)).toBe(ending);
  });

  it('is one word of each record, and counted under it alone', () => {
    fc.assert(
      fc.property(record, (one) => {
        const sums = sumsOf(one);
        expect(sums[MEMBER[endingOf(one)]]).toBe(1);
        expect(addedUp(sums)).toBe(1);
      }),
    );
  });

  it('adds up to the requests, over any records and any parts of them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 8 }), { maxLength: 4 }), (minutes) => {
        const rollups = minutes.map((records) => {
          const rollup = emptyRollup();
          for (const one of records) addRecord(rollup, one);
          return rollup;
        });
        const { total, by } = mergedRollups(rollups);
        for (const sums of [total, ...Object.values(by).flatMap((cells) => Object.values(cells))]) {
          expect(addedUp(sums)).toBe(sums.requests);
          expect(sums.abandoned).toBeLessThanOrEqual(sums.failed);
        }
        expect(total.requests).toBe(minutes.flat().length);
      }),
    );
  });

  it('counts those whose callers left among those that failed', () => {
    const left = CASES.filter(([, , { abandoned }]) => abandoned).map(([, , one]) => sumsOf(one));
    expect(left).toHaveLength(3);
    for (const sums of left) expect(sums).toMatchObject({ failed: 1, abandoned: 1 });
    expect(sumsOf(ended('upstream_error', [FAILED]))).toMatchObject({ failed: 1, abandoned: 0 });
    expect(NO_SUMS).toMatchObject({ callerFaults: 0, abandoned: 0 });
  });

  it.each(CASES)('as a metric, %s is a refusal where it is refused: %s', (_name, ending, one) => {
    const [line = ''] = embeddedMetrics(one, 'desk');
    expect(JSON.parse(line).Refusals).toBe(ending === 'refused' ? 1 : 0);
  });
});
