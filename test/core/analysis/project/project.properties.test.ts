import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectScenario } from '../../../../lib/core/analysis/project';
import type { Sums } from '../../../../lib/core/analysis/project/bill';
import { billOf } from '../../../../lib/core/analysis/project/bill';
import { callUsd } from '../../../../lib/core/analysis/project/call-price';
import { infrastructureOf } from '../../../../lib/core/analysis/project/infrastructure';
import { pathsOf } from '../../../../lib/core/analysis/project/paths';
import type { Scenario } from '../../../../lib/core/analysis/project/scenario';
import { cheaper, escalating, larger } from '../../../../lib/core/analysis/project/sensitivity';
import { estimateCost } from '../../../../lib/core/attribution/price';
import { aTier } from '../../../builders';
import { BARE } from './a-scenario';
import { anyScenario } from './any-scenario';

const scenarios = fc.oneof(anyScenario({ gpus: true }), anyScenario({ gpus: false }));
const points = fc.double({ min: 0, max: 0.5, noNaN: true });

function total(parts: Readonly<Record<string, Sums>>): number {
  return Object.values(parts).reduce((sum, { usd }) => sum + usd, 0);
}

/** Equal but for the rounding of sums of many terms. */
function expectSame(one: number, other: number): void {
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(one), Math.abs(other)));
}

function expectNoLess(one: number, other: number): void {
  expect(one - other).toBeGreaterThanOrEqual(-1e-9 * Math.max(1, Math.abs(one)));
}

function movingUsd(scenario: Scenario): number {
  const lines = infrastructureOf(scenario, billOf(scenario).lines);
  return lines.reduce((sum, { usd, fixed }) => sum + (fixed ? 0 : usd), 0);
}

describe('every projection', () => {
  it('has shares that make 1', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { formula, perTier, perTask, volume } = projectScenario(scenario);
        expectSame(formula.R + formula.S + formula.F, 1);
        expectSame(
          Object.values(perTier).reduce((sum, tier) => sum + tier.share, 0),
          1,
        );
        expectSame(
          Object.values(perTask).reduce((sum, task) => sum + task.requests, 0),
          volume,
        );
        for (const { rungs } of scenario.tasks)
          expectSame(
            pathsOf(rungs).reduce((sum, path) => sum + path.share, 0),
            1,
          );
      }),
      { numRuns: 30 },
    );
  });

  it('adds up, whichever way it is cut', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const result = projectScenario(scenario);
        const { monthlyUsd, tiersUsd, infrastructureUsd, perTier, perTask, perPurpose, formula, gpu } = result;
        const hidden = Object.values(result.hiddenCosts).reduce((sum, usd) => sum + usd, 0);
        expectSame(total(perTier) + infrastructureUsd + hidden, monthlyUsd);
        expectSame(total(perTask) + perPurpose.idle.usd, tiersUsd);
        expectSame(total(perPurpose), tiersUsd);
        expectSame(formula.effectiveMonthlyUsd + formula.outsideUsd, tiersUsd);
        for (const task of Object.values(perTask)) expectSame(total(task.tiers), task.usd);
        for (const [tier, fleet] of Object.entries(gpu.perTier))
          expectSame(perTier[tier]?.usd ?? Number.NaN, fleet.usd);
        expectSame(monthlyUsd + result.saving.usd, result.allFrontierUsd);
      }),
      { numRuns: 30 },
    );
  });

  it('holds numbers alone that JSON can carry', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const result = projectScenario(scenario);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
      { numRuns: 25 },
    );
  });

  it('costs no less when prices rise', () => {
    fc.assert(
      fc.property(scenarios, fc.double({ min: 1, max: 5, noNaN: true }), (scenario, factor) => {
        expectNoLess(billOf(cheaper(scenario, factor)).usd, billOf(scenario).usd);
      }),
      { numRuns: 100 },
    );
  });

  it('costs no less when more answers fail their check', () => {
    fc.assert(
      fc.property(scenarios, points, (scenario, more) => {
        // A sample for control is smaller where more is answered by the frontier anyway, and has a limit of its own.
        const uncontrolled = { ...scenario, control: { share: 0, limitUsd: 0 } };
        expectNoLess(billOf(escalating(uncontrolled, more)).usd, billOf(uncontrolled).usd);
      }),
      { numRuns: 100 },
    );
  });

  it('grows with the volume, but for what is fixed', () => {
    fc.assert(
      fc.property(anyScenario({ gpus: false }), fc.integer({ min: 2, max: 50 }), (scenario, factor) => {
        const unlimited = { ...scenario, control: { ...scenario.control, limitUsd: Number.MAX_VALUE } };
        const more = larger(unlimited, factor);
        expectSame(billOf(more).usd, factor * billOf(unlimited).usd);
        expectSame(movingUsd(more), factor * movingUsd(unlimited));
        const fixed = (each: Scenario): number => projectScenario(each).monthlyUsd - billOf(each).usd - movingUsd(each);
        expect(fixed(more)).toBeCloseTo(fixed(unlimited), 4);
      }),
      { numRuns: 25 },
    );
  });

  it('never runs more or fewer copies on GPUs than it may, nor more tokens than they can', () => {
    fc.assert(
      fc.property(anyScenario({ gpus: true }), (scenario) => {
        const fleet = billOf(scenario).fleets.own;
        const max = scenario.tiers.own?.replicas?.max ?? 0;
        expect(Math.min(...(fleet?.replicasByHour ?? []))).toBeGreaterThanOrEqual(1);
        expect(fleet?.peakReplicas).toBeLessThanOrEqual(max);
        expectNoLess(fleet?.hours ?? 0, fleet?.busyHours ?? Number.NaN);
        expect(fleet?.idleShare).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });

  it('loses no request for want of room while a rented tier stands above', () => {
    fc.assert(
      fc.property(anyScenario({ gpus: true }), (scenario) => {
        expect(billOf(scenario).unserved).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

describe('breaking even', () => {
  it('is the least number of requests at which routing costs no more than the frontier', () => {
    fc.assert(
      fc.property(anyScenario({ gpus: false }), (scenario) => {
        const bare = { ...scenario, assumptions: { ...BARE, upkeepRented: 0 } };
        const { breakEvenRequests } = projectScenario(bare);
        if (breakEvenRequests === null) return;
        const at = (volume: number): number => projectScenario({ ...bare, volume }).saving.usd;
        expect(at(breakEvenRequests)).toBeGreaterThanOrEqual(0);
        if (breakEvenRequests > 1) expect(at(breakEvenRequests - 1)).toBeLessThan(0);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the price of a call', () => {
  it('is what the record of a served request would hold', () => {
    const amount = fc.double({ min: 0, max: 100, noNaN: true });
    const prices = fc.oneof(
      fc.record({
        kind: fc.constant('tokens' as const),
        input: amount,
        output: amount,
        cacheRead: amount,
        uplift: fc.constant(1.1),
        longPrompt: fc.record({ above: fc.integer({ min: 1, max: 5000 }), input: amount, output: amount }),
      }),
      fc.record({
        kind: fc.constant('gpu' as const),
        hourly: amount,
        tokensPerSecond: fc.integer({ min: 1, max: 9999 }),
        uplift: fc.constant(1),
      }),
    );
    fc.assert(
      fc.property(
        prices,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 5000 }),
        (price, input, output) => {
          const tier = aTier({ id: 'tier', prices: [price] });
          expect(callUsd(price, { input, output })).toBe(estimateCost(tier, input, output, 0));
        },
      ),
    );
  });
});
