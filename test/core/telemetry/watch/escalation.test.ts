import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escalationAbove, escalationBelow } from '../../../../lib/constructs/alarms/escalation-expression';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { exactBounds } from '../../../../lib/core/exact-bounds';
import {
  type EscalationBaseline,
  escalationBand,
  escalationExcess,
} from '../../../../lib/core/telemetry/watch/escalation';
import { wilson } from '../../../../lib/core/telemetry/watch/wilson';
import { evaluateAll } from '../../../fixtures/metric-math';
import { caughtAt, drawBinomial, firstPage, LIMITS, type Load, seeds } from './simulate-escalation';

const PROFILED = 10_000;
const DAYS = 288;
const WEEK = 7 * DAYS;

function baselineOf(events: number, n = PROFILED): EscalationBaseline {
  return { escalationRate: events / n, ...exactBounds(events, n, 0.95) };
}

const TWENTY_PERCENT = baselineOf(2000);
const BUSY: Load = () => ({ requests: 6000, rate: 0.2 });

/** The load of so many requests a day, evenly. */
function daily(requests: number, rate: (period: number) => number): Load {
  return (period) => ({
    requests: Math.floor(((period + 1) * requests) / DAYS) - Math.floor((period * requests) / DAYS),
    rate: rate(period),
  });
}

const pages = (load: Load, baseline: EscalationBaseline, periods = WEEK): number =>
  seeds(100).filter((seed) => firstPage({ load, baseline, periods, seed }) !== undefined).length;

const catches = (load: Load, baseline: EscalationBaseline, from: number, within: number): number =>
  seeds(100).filter((seed) => caughtAt({ load, baseline, periods: from + within, seed }, from) !== undefined).length;

describe('drift of the escalation rate, at 6,000 requests a period and a baseline of .20 from 10,000', () => {
  it('never pages in a week of traffic at the baseline', () => {
    expect(pages(BUSY, TWENTY_PERCENT)).toBeLessThanOrEqual(5);
  });

  it('seldom pages where the baseline itself is a draw, as every profile is', () => {
    const paged = seeds(100).filter((seed) => {
      const baseline = baselineOf(drawBinomial(PROFILED, 0.2, seededRandom(1000 + seed)()));
      return firstPage({ load: BUSY, baseline, periods: WEEK, seed }) !== undefined;
    });
    expect(paged.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['a rise by 20 %', 0.24, 'above'],
    ['a fall by 30 %, as of an oracle that passes everything', 0.14, 'below'],
  ] as const)('catches %s within three periods', (_name, rate, direction) => {
    const load: Load = (period) => ({ requests: 6000, rate: period < DAYS ? 0.2 : rate });
    expect(catches(load, TWENTY_PERCENT, DAYS, 3)).toBeGreaterThanOrEqual(90);
    const seen = caughtAt({ load, baseline: TWENTY_PERCENT, periods: DAYS + 12, seed: 1 }, DAYS);
    expect(seen?.direction).toBe(direction);
  });
});

describe('drift of the escalation rate, where little comes', () => {
  it('is judged over the long window at 1,000 requests a day', () => {
    const doubled = daily(1000, (period) => (period < DAYS ? 0.2 : 0.4));
    expect(catches(doubled, TWENTY_PERCENT, DAYS, DAYS)).toBeGreaterThanOrEqual(90);
    const seen = seeds(20).map((seed) =>
      caughtAt({ load: doubled, baseline: TWENTY_PERCENT, periods: 2 * DAYS, seed }, DAYS),
    );
    expect(new Set(seen.map((one) => one?.window))).toEqual(new Set(['day']));
    expect(
      pages(
        daily(1000, () => 0.2),
        TWENTY_PERCENT,
      ),
    ).toBeLessThanOrEqual(5);
  });

  it.each([1200, 2000])('keeps still at %d a day, where an hour is just long enough to be judged', (requests) => {
    expect(
      pages(
        daily(requests, () => 0.2),
        TWENTY_PERCENT,
      ),
    ).toBeLessThanOrEqual(2);
  });

  it('is never judged at 30 requests a day', () => {
    expect(
      pages(
        daily(30, () => 1),
        TWENTY_PERCENT,
      ),
    ).toBe(0);
  });

  it('is judged by the upper bound where the baseline is 0', () => {
    const none = baselineOf(0);
    expect(
      pages(
        daily(100_000, () => 0.000_2),
        none,
      ),
    ).toBeLessThanOrEqual(5);
    const some = daily(100_000, (period) => (period < DAYS ? 0 : 0.1));
    expect(catches(some, none, DAYS, 6)).toBeGreaterThanOrEqual(90);
  });

  it('is not judged without a baseline', () => {
    expect(
      pages(
        daily(100_000, () => 1),
        {},
        DAYS,
      ),
    ).toBe(0);
  });
});

describe('the excess', () => {
  const worlds = fc
    .record({
      requests: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1_000_000 })),
      up: fc.double({ min: 0, max: 1, noNaN: true }),
      climb: fc.double({ min: 0, max: 1, noNaN: true }),
      n: fc.integer({ min: 20, max: 20_000 }),
      share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ requests, up, climb, n, share }) => {
      const upRoutes = Math.round(up * requests);
      const escalations = Math.round(climb * (requests - upRoutes));
      return { counts: { requests, upRoutes, escalations }, baseline: baselineOf(Math.round(share * n), n) };
    });

  /** So near a bound that rounding decides says nothing about the rule. */
  function isClearCut({
    counts,
    baseline,
  }: {
    counts: { requests: number; upRoutes: number; escalations: number };
    baseline: EscalationBaseline;
  }): boolean {
    const { low, high } = wilson(counts.upRoutes + counts.escalations, counts.requests);
    return Math.abs(low - (baseline.high ?? 0)) > 1e-9 && Math.abs(high - (baseline.low ?? 0)) > 1e-9;
  }

  it('is what the metric math of the alarms makes of the same numbers', () => {
    let drifts = 0;
    fc.assert(
      fc.property(worlds.filter(isClearCut), ({ counts, baseline: { escalationRate: baseline, low, high } }) => {
        const held = { escalationRate: baseline, low, high } as EscalationBaseline;
        const rise = escalationExcess(counts, held, LIMITS, 'above');
        const fall = escalationExcess(counts, held, LIMITS, 'below');
        const world = { ...counts, baseline, low, high };
        const above = evaluateAll({ ...escalationAbove(LIMITS) }, world) as number;
        const below = evaluateAll({ ...escalationBelow(LIMITS) }, world) as number;
        expect(rise ?? 0).toBeCloseTo(above, 9);
        expect(fall ?? 0).toBeCloseTo(below, 9);
        drifts += Number((rise ?? fall) !== undefined);
      }),
      { numRuns: 3000 },
    );
    expect(drifts).toBeGreaterThan(300);
  });
});

describe("Wilson's interval", () => {
  it.each([
    // Wilson's formula, computed with 40 decimal digits.
    [0, 10, 1.96, 0, 0.277_54],
    [5, 10, 1.96, 0.236_59, 0.763_41],
    [50, 1000, 4, 0.028_833, 0.085_34],
  ])('of %d in %d at %d standard errors', (events, n, errors, low, high) => {
    const interval = wilson(events, n, errors);
    expect(interval.low).toBeCloseTo(low, 6);
    expect(interval.high).toBeCloseTo(high, 6);
  });

  it('holds the rate, and lies between 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const events = Math.round(share * n);
        const { low, high } = wilson(events, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low - events / n).toBeLessThan(1e-12);
        expect(events / n - high).toBeLessThan(1e-12);
      }),
    );
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('the band of a chart', () => {
  it('holds the rates at which nothing counts as drift, whatever the volume', () => {
    expect(escalationBand(TWENTY_PERCENT, LIMITS)).toEqual({
      baseline: 0.2,
      low: 0.2 * 0.85,
      high: 0.2 * 1.15,
    });
    expect(escalationBand({ escalationRate: 0.2, low: 0.1, high: 0.4 }, LIMITS)).toEqual({
      baseline: 0.2,
      low: 0.1,
      high: 0.4,
    });
    expect(escalationBand({}, LIMITS)).toBeUndefined();
    for (const rate of [0.171, 0.229]) {
      const counts = { requests: 100_000_000, upRoutes: rate * 100_000_000, escalations: 0 };
      for (const direction of ['above', 'below'] as const)
        expect(escalationExcess(counts, TWENTY_PERCENT, LIMITS, direction)).toBeUndefined();
    }
  });
});
