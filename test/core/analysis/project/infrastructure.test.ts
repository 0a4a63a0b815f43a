import { describe, expect, it } from 'vitest';
import { assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { billOf } from '../../../../lib/core/analysis/project/bill';
import { meanLatencyMs } from '../../../../lib/core/analysis/project/formulas';
import { infrastructureOf } from '../../../../lib/core/analysis/project/infrastructure';
import { RATES, ratesWith } from '../../../../lib/core/analysis/project/rates';
import type { Scenario } from '../../../../lib/core/analysis/project/scenario';
import { MONTH } from '../../../../lib/core/durations';
import { ATTEMPT_SIGNALS, REQUEST_SIGNALS, TASK_SIGNALS, WATCH_SIGNALS } from '../../../../lib/core/telemetry/signals';
import { aScenario, aTaskOf, gpuTier, rentedTier } from './a-scenario';

const RUNGS = [
  { tier: 'cheap', start: 1, climb: 0.25 },
  { tier: 'frontier', start: 0, climb: 0 },
];

/** Two million requests, of which a quarter climbs; the tiers take half a second and two. */
function parts(given: Partial<Omit<Scenario, 'tiers' | 'tasks'>> = {}, gpus = false) {
  const scenario = aScenario({
    volume: 2e6,
    tiers: [
      ...(gpus ? [gpuTier('own', 1, 1000)] : []),
      rentedTier('cheap', 1, 2, { latencyMs: 500 }),
      rentedTier('frontier', 4, 20, { latencyMs: 2000 }),
    ],
    tasks: [aTaskOf('task', RUNGS, { input: 500, output: 100 })],
    rates: ratesWith({}),
    assumptions: assumptionsWith({ retryShare: 0 }),
    ...given,
  });
  return Object.fromEntries(infrastructureOf(scenario, billOf(scenario).lines).map((line) => [line.name, line]));
}

describe("the router's own bill", () => {
  it('is what each part is asked, at its price', () => {
    const lines = parts();
    const quantities = Object.fromEntries(Object.entries(lines).map(([name, { quantity }]) => [name, quantity]));
    const metrics = REQUEST_SIGNALS.length + ATTEMPT_SIGNALS.length;
    const watched = WATCH_SIGNALS.filter(({ within }) => within.includes('task')).length;
    expect(quantities).toEqual({
      apiRequest: 2,
      lambdaRequest: 2,
      // 20 ms of its own, half a second of each request and two seconds of a quarter, at 1 GB.
      lambdaGbSecond: expect.closeTo(2e6 * (0.02 + 0.5 + 0.25 * 2), 3),
      // A record of 3 KB in the table and in its index.
      tableWrite: 12,
      tableRead: 2,
      // Three months of both.
      tableStorage: 36,
      metric: metrics + TASK_SIGNALS.length + watched + 2 * metrics,
      log: 6,
      alarmMetric: 30 + 18,
      dashboard: 1,
    });
    for (const { name, quantity, rateUsd, usd, unit } of Object.values(lines)) {
      expect([usd, rateUsd, unit]).toEqual([quantity * rateUsd, RATES[name].usd, RATES[name].unit]);
    }
  });

  it('has a network where nothing may leave it, and a load balancer for GPUs', () => {
    const closed = parts({ assumptions: assumptionsWith({ interfaceEndpoints: 9, natGateways: 1 }) }, true);
    expect(closed.endpointHour?.usd).toBeCloseTo(9 * 2 * MONTH.hours * 0.01, 9);
    expect(closed.endpointTraffic?.quantity).toBeGreaterThan(0);
    expect(closed.natHour?.quantity).toBe(MONTH.hours);
    expect(closed.loadBalancerHour?.usd).toBeCloseTo(16.2, 9);
  });

  it('leaves out what is not there', () => {
    for (const name of ['endpointHour', 'endpointTraffic', 'natHour', 'loadBalancerHour'])
      expect(parts()).not.toHaveProperty(name);
  });

  it('takes the prices it is given', () => {
    expect(parts({ rates: ratesWith({ apiRequest: 1 }) }).apiRequest?.usd).toBe(2);
  });
});

describe('the mean of a latency', () => {
  it.each([
    [{ p50: 400, p95: 400 }, 400],
    [{ p50: 0, p95: 900 }, 0],
    // sigma = ln(3) / 1.6449 = 0.668; 400 x exp(0.668^2 / 2).
    [{ p50: 400, p95: 1200 }, 500],
  ])('known by %j', (quantiles, mean) => {
    expect(Math.round(meanLatencyMs(quantiles))).toBe(mean);
  });
});
