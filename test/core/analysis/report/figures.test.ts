import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../../lib/core/analysis/report/figures';
import { NO_SUMS, someSums } from '../../../../lib/core/telemetry/rollup/sums';

const total = someSums({ requests: 200, costUsd: 30, routingCostUsd: 10 });

describe('the figures of a row', () => {
  it('are its sums by the request, and its shares of the whole', () => {
    const sums = someSums({
      requests: 50,
      answered: 48,
      failed: 2,
      upRoutes: 5,
      escalations: 10,
      attempts: 60,
      askedAgain: 5,
      failedAttempts: 4,
      failedAttemptsUsd: 0.5,
      costUsd: 6,
      routingCostUsd: 2,
      frontierCostUsd: 20,
      latencyMs: 5000,
    });
    expect(figuresOf(sums, total)).toMatchObject({
      requests: 50,
      requestShare: 0.25,
      answered: 48,
      failed: 2,
      costUsd: 8,
      costShare: 0.2,
      costPerRequestUsd: 0.16,
      escalationRate: 0.3,
      upRouteRate: 0.1,
      climbRate: 0.2,
      retryAmplification: 1.3,
      failedAttempts: 4,
      failedAttemptsUsd: 0.5,
      meanLatencyMs: 100,
      routingCostShare: 2 / 14,
      saving: { frontierUsd: 20, tiersUsd: 5.5, failedAttemptsUsd: 0.5, routingUsd: 2, netUsd: 12 },
      quality: { control: null, feedback: null, first: null, up: null, routing: null },
      baseline: null,
    });
  });

  it('show a loss as one', () => {
    const sums = someSums({ requests: 1, costUsd: 3, routingCostUsd: 1, frontierCostUsd: 2 });
    const { saving, routingCostShare } = figuresOf(sums, total);
    expect([saving.netUsd, routingCostShare]).toEqual([-2, null]);
  });

  it('have no rates where there are no requests', () => {
    expect(figuresOf(NO_SUMS, NO_SUMS)).toMatchObject({
      requestShare: 0,
      costShare: 0,
      costPerRequestUsd: null,
      escalationRate: null,
      retryAmplification: null,
      meanLatencyMs: null,
      routingCostShare: null,
    });
  });

  it('tell of quality what the control sample and the callers say, with how many said it', () => {
    const sums = someSums({
      requests: 100,
      controlled: 40,
      controlServedPasses: 30,
      controlReferencePasses: 38,
      controlOnlyServedPasses: 1,
      told: 10,
      toldGood: 9,
      routesKnown: 20,
      routesRight: 15,
    });
    const { quality } = figuresOf(sums, total);
    expect(quality).toMatchObject({
      control: { n: 40, rate: 0.75 },
      feedback: { n: 10, rate: 0.9 },
      first: { n: 40, delta: -0.2 },
      up: null,
      routing: { n: 20, rate: 0.75 },
    });
    expect(quality.first?.low).toBeLessThan(-0.2);
    expect(quality.first?.high).toBeGreaterThan(-0.2);
  });

  it('stay within 0 and 1 where a word takes the place of one from before the period', () => {
    const { quality } = figuresOf(someSums({ requests: 1, told: 1, toldGood: -1 }), total);
    expect(quality.feedback).toEqual({ n: 1, rate: 0 });
    expect(figuresOf(someSums({ requests: 1, told: 0, toldGood: -1 }), total).quality.feedback).toBeNull();
  });

  it('stand beside what the baseline says', () => {
    const sums = someSums({ requests: 100, upRoutes: 30 });
    const of = (baseline: object) => figuresOf(sums, total, { baseline }).baseline;
    expect(of({ escalationRate: 0.2, passRate: 0.97, costUsd: 0.01 })).toEqual({
      escalationRate: 0.2,
      escalationDeviation: 0.3 / 0.2 - 1,
      passRate: 0.97,
      costPerRequestUsd: 0.01,
    });
    expect(of({ passRate: 0.97 })).toMatchObject({ escalationRate: null, escalationDeviation: null, passRate: 0.97 });
    expect(of({})).toBeNull();
  });
});
