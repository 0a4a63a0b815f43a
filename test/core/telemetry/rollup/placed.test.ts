import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineFromRollup } from '../../../../lib/core/telemetry/baseline-from-rollup';
import { ofStrategy } from '../../../../lib/core/telemetry/rollup/placed';
import { addRecord, emptyRollup, mergedRollups, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { NO_SUMS } from '../../../../lib/core/telemetry/rollup/sums';
import type { Attribution, Decision } from '../../../../lib/core/types';
import { anAttribution } from '../../../lambda/shared/an-attribution';

const TASK = { id: 'triage', ladder: ['small', 'mid', 'frontier'] };

/** What placed it, or that nothing took it; `null` is the strategy. */
const WHYS = [null, 'pin', 'override', 'raise', 'unavailable', 'refused'] as const;
/** A call that came to nothing. */
const CALLED = {
  tier: 'mid',
  model: 'one',
  outcome: 'failed',
  because: 'first',
  costUsd: 0,
  startedAtMs: 0,
  latencyMs: 1,
  location: 'vpc',
} as const;
const bit = fc.constantFrom(0 as const, 1 as const);

const record: fc.Arbitrary<Attribution> = fc
  .record({
    why: fc.constantFrom(...WHYS),
    tier: fc.constantFrom('small', 'mid', 'frontier'),
    passed: fc.boolean(),
    upRouted: bit,
    escalated: bit,
    // Powers of two: sums are the same in any order.
    costUsd: fc.constantFrom(0.25, 0.5, 4),
    routingCostUsd: fc.constantFrom(0, 0.125),
  })
  .map(({ why, tier, passed, upRouted, escalated, ...costs }) => {
    const whole = anAttribution({ requestId: 'one' });
    const verdict = { pass: passed, oracle: 'labels', detail: '' };
    const call = { model: 'one', outcome: 'answered', because: 'first', startedAtMs: 0, latencyMs: 1 } as const;
    const isRefused = why === 'refused';
    const decision = isRefused
      ? { ...whole.decision, tier: null, reason: 'refused' }
      : { ...whole.decision, ...(why !== null && { placed: why }) };
    return {
      ...whole,
      ...costs,
      upRouted,
      escalated: upRouted ? 0 : escalated,
      tier: isRefused ? null : tier,
      attempts: isRefused ? [] : [{ ...call, tier, costUsd: costs.costUsd, location: 'vpc', verdict }],
      decision: decision as Decision,
    };
  });

function rollupOf(records: readonly Attribution[]): Rollup {
  const rollup = emptyRollup();
  for (const one of records) addRecord(rollup, one);
  return rollup;
}

function isOfStrategy({ decision }: Attribution): boolean {
  return decision.tier !== null && decision.placed === undefined;
}

describe('what a strategy did not place', () => {
  it('changes nothing of the baseline but how the inputs are distributed', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const { inputs: _, ...found } = baselineFromRollup(rollupOf(records), TASK) ?? {};
        const { inputs: __, ...expected } = baselineFromRollup(rollupOf(records.filter(isOfStrategy)), TASK) ?? {};
        expect(found).toEqual(expected);
      }),
    );
  });

  it('makes no cost less than nothing, however sums are rounded', () => {
    const { decision } = anAttribution({ requestId: 'one' });
    const came = (
      [
        ['pin', 0.3],
        ['override', 0.2],
        ['pin', 0.1],
        [null, 0],
      ] as const
    ).map(([why, costUsd]) => {
      const by = { ...decision, ...(why !== null && { placed: why }) } as Decision;
      return anAttribution({ requestId: 'one', costUsd, routingCostUsd: 0, decision: by });
    });
    expect(baselineFromRollup(rollupOf(came), TASK)).toMatchObject({ n: 1, costUsd: 0 });
  });

  it('adds up alike in any parts, which stay as they are', () => {
    const parts = fc.array(fc.array(record, { maxLength: 8 }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, (minutes) => {
        const rollups = minutes.map(rollupOf);
        const before = JSON.stringify(rollups);
        const placed = mergedRollups(rollups).tasks.triage?.placed;
        expect(placed).toEqual(rollupOf(minutes.flat()).tasks.triage?.placed);
        expect(mergedRollups(rollups.reverse()).tasks.triage?.placed).toEqual(placed);
        expect(JSON.stringify(rollups.reverse())).toBe(before);
      }),
    );
  });

  it('is counted by its reason, and stands nowhere where there is none', () => {
    const many = (why: (typeof WHYS)[number], count: number) =>
      fc.sample(
        record.filter(({ decision }) => (decision.tier === null ? 'refused' : (decision.placed ?? null)) === why),
        { numRuns: count, seed: 1 },
      );
    const { placed } = rollupOf([...many(null, 4), ...many('pin', 3), ...many('refused', 2)]).tasks.triage ?? {};
    expect([placed?.pin?.requests, placed?.refused?.requests]).toEqual([3, 2]);
    expect(Object.keys(placed ?? {}).sort()).toEqual(['pin', 'refused']);
    expect(rollupOf(many(null, 4)).tasks.triage).not.toHaveProperty('placed');
  });

  it('is also what a budget turned away: it was placed, could not climb, and cost nothing', () => {
    const { decision } = anAttribution({ requestId: 'one' });
    const climbed = anAttribution({ requestId: 'one', tier: 'mid', escalated: 1, escalations: 1, costUsd: 1 });
    const turnedAway = anAttribution({
      requestId: 'two',
      decision: { ...decision, tier: 'mid', upRouted: true } as Decision,
      tier: null,
      model: null,
      status: 429,
      error: 'budget_exceeded',
      upRouted: 1,
      costUsd: 0,
    });
    const rollup = rollupOf([climbed, turnedAway, turnedAway]);
    expect(rollup.tasks.triage?.placed).toMatchObject({ refused: { requests: 2, upRoutes: 2 } });
    expect(baselineFromRollup(rollup, TASK)).toMatchObject({ n: 1, escalationRate: 1, upRouteRate: 0, costUsd: 1 });
    const failed = { ...turnedAway, status: 502, error: 'upstream_error', attempts: [CALLED] };
    expect(rollupOf([failed]).tasks.triage).not.toHaveProperty('placed');
  });

  it('is nothing in sums of a release that did not know of it', () => {
    expect(ofStrategy({ ...NO_SUMS, requests: 7, upRoutes: 2 })).toMatchObject({ requests: 7, upRoutes: 2 });
  });
});
