import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EscalationExpressions,
  escalationAbove,
  escalationBelow,
} from '../../../lib/constructs/alarms/escalation-expression';
import { evaluate, evaluateAll, type Value } from '../../fixtures/metric-math';

const LIMITS = { escalationAbove: 0.15, escalationBelow: -0.15, minRequests: 50 };

/** What CloudWatch knows of a task in one window. */
interface World {
  readonly requests: number;
  readonly upRoutes?: number | undefined;
  readonly escalations?: number | undefined;
  readonly baseline?: number | undefined;
  readonly high?: number | undefined;
  readonly low?: number | undefined;
}

/** The rule itself, said in plain TypeScript: relative deviation, least volume, Wilson's bound at four standard errors. */
function rule(world: Required<World>, limits = LIMITS): { above: number; below: number } {
  const { requests: n, baseline = 0, high = 1, low = 0 } = world;
  const rate = ((world.upRoutes ?? 0) + (world.escalations ?? 0)) / n;
  const deviation = rate / Math.max(baseline, 0.01) - 1;
  const wilson = wilsonBounds(rate, n);
  const isJudged = n >= limits.minRequests;
  const isAbove = isJudged && deviation > limits.escalationAbove && wilson.low > high;
  const isBelow = isJudged && deviation < limits.escalationBelow && wilson.high < low;
  return {
    above: isAbove ? deviation - limits.escalationAbove : 0,
    below: isBelow ? limits.escalationBelow - deviation : 0,
  };
}

function wilsonBounds(p: number, n: number, z = 4): { low: number; high: number } {
  const centre = p + z ** 2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return { low: (centre - half) / scale, high: (centre + half) / scale };
}

/** Numbers so near a bound that rounding decides say nothing about the rule. */
function isClearCut({ requests, upRoutes, escalations, baseline, high, low }: Required<World>): boolean {
  const rate = ((upRoutes ?? 0) + (escalations ?? 0)) / requests;
  const wilson = wilsonBounds(rate, requests);
  const deviation = rate / Math.max(baseline ?? 0, 0.01) - 1;
  const gaps = [
    wilson.low - (high ?? 0),
    wilson.high - (low ?? 0),
    deviation - LIMITS.escalationAbove,
    deviation - LIMITS.escalationBelow,
  ];
  return gaps.every((gap) => Math.abs(gap) > 1e-9);
}

function excess(expressions: EscalationExpressions, world: World): Value {
  const missing = { upRoutes: undefined, escalations: undefined, baseline: undefined, high: undefined, low: undefined };
  return evaluateAll({ ...expressions }, { ...missing, ...world });
}

const above = (world: World): Value => excess(escalationAbove(LIMITS), world);
const below = (world: World): Value => excess(escalationBelow(LIMITS), world);

const worlds = fc
  .record({
    requests: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5_000_000 })),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    baseline: fc.oneof(fc.constantFrom(0, 0.005, 0.01, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ requests, shares: [up = 0, climb = 0, down = 0, further = 0], baseline }) => {
    const upRoutes = Math.round(up * requests);
    const escalations = Math.round(climb * (requests - upRoutes));
    return {
      requests,
      upRoutes,
      escalations,
      baseline,
      low: baseline * down,
      high: baseline + (1 - baseline) * further,
    };
  });

describe('the escalation alarms', () => {
  it('say what the rule says, for every volume, rate and baseline', () => {
    let drifts = 0;
    fc.assert(
      fc.property(worlds.filter(isClearCut), (world) => {
        const expected = rule(world);
        expect(above(world)).toBeCloseTo(expected.above, 9);
        expect(below(world)).toBeCloseTo(expected.below, 9);
        drifts += Number(expected.above > 0 || expected.below > 0);
      }),
      { numRuns: 5000 },
    );
    expect(drifts).toBeGreaterThan(100);
  });

  it.each([
    [
      'a rate well above the baseline',
      { requests: 2000, upRoutes: 300, escalations: 300, baseline: 0.2, high: 0.22 },
      0.35,
    ],
    [
      'a climb that only up-routes make',
      { requests: 2000, upRoutes: 1200, escalations: 0, baseline: 0.2, high: 0.22 },
      1.85,
    ],
    ['every request escalated', { requests: 100, upRoutes: 0, escalations: 100, baseline: 0.5, high: 0.6 }, 0.85],
    ['a baseline of nothing', { requests: 400, upRoutes: 40, escalations: 0, baseline: 0, high: 0.005 }, 8.85],
  ])('find drift above: %s', (_name, world, expected) => {
    expect(above(world)).toBeCloseTo(expected, 9);
  });

  it.each([
    ['too few requests', { requests: 49, upRoutes: 0, escalations: 49, baseline: 0.1, high: 0.2 }],
    ['the same within noise', { requests: 60, upRoutes: 0, escalations: 18, baseline: 0.2, high: 0.22 }],
    [
      'a deviation below the limit',
      { requests: 1_000_000, upRoutes: 0, escalations: 229_000, baseline: 0.2, high: 0.21 },
    ],
    [
      'a baseline that no profile knew well',
      { requests: 2000, upRoutes: 0, escalations: 600, baseline: 0.2, high: 0.3 },
    ],
    [
      'a rate of one where the baseline is one',
      { requests: 5000, upRoutes: 0, escalations: 5000, baseline: 1, high: 1 },
    ],
  ])('find none above: %s', (_name, world) => {
    expect(above(world)).toBe(0);
  });

  it('find drift below where an oracle passes everything, once it is beyond noise', () => {
    expect(below({ requests: 1000, upRoutes: 0, escalations: 0, baseline: 0.2, low: 0.18 })).toBeCloseTo(0.85, 9);
    expect(below({ requests: 60, upRoutes: 0, escalations: 0, baseline: 0.2, low: 0.18 })).toBe(0);
    expect(below({ requests: 100_000, upRoutes: 0, escalations: 0, baseline: 0, low: 0 })).toBe(0);
  });

  it('judge nothing without requests, without a baseline or without its bound', () => {
    const world = { requests: 1000, upRoutes: 0, escalations: 1000, baseline: 0.1, high: 0.12, low: 0.08 };
    expect(above({ ...world, requests: 0 })).toBeUndefined();
    for (const gone of ['baseline', 'high'] as const) expect(above({ ...world, [gone]: undefined })).toBeUndefined();
    for (const gone of ['baseline', 'low'] as const) expect(below({ ...world, [gone]: undefined })).toBeUndefined();
  });

  it('count a missing kind of escalation as none', () => {
    const world = { requests: 1000, baseline: 0.1, high: 0.12, low: 0.08 };
    expect(above({ ...world, escalations: 500 })).toBeCloseTo(3.85, 9);
    expect(above({ ...world, upRoutes: 500 })).toBeCloseTo(3.85, 9);
    expect(below(world)).toBeCloseTo(0.85, 9);
  });

  it('take the limits of the policy, written as plain decimals', () => {
    const limits = { escalationAbove: 1e-7, escalationBelow: -0.5, minRequests: 10 };
    const all = [...Object.values(escalationAbove(limits)), ...Object.values(escalationBelow(limits))].join(' ');
    expect(all).toContain('0.0000001');
    expect(all).not.toMatch(/\de/);
    const world = { requests: 10, upRoutes: 0, escalations: 10, baseline: 0.1, high: 0.12 };
    expect(excess(escalationAbove(limits), world)).toBeCloseTo(9, 6);
  });

  it('stay within the length of an expression that CloudWatch takes', () => {
    for (const expression of Object.values(escalationAbove(LIMITS))) expect(expression.length).toBeLessThan(2048);
  });
});

describe('the evaluator of metric math', () => {
  it.each([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['(1 + 2) * -3', -9],
    ['2 > 1 AND 1 > 2 OR 3 >= 3', 1],
    ['IF(1 < 2, 7, 8)', 7],
    ['1 / 0', undefined],
    ['gone + 1', undefined],
    ['FILL(gone, 0) + 1', 1],
    ['IF(gone, 1, 2)', undefined],
  ])('computes %s', (expression, expected) => {
    expect(evaluate(expression, { gone: undefined })).toBe(expected);
  });

  it('refuses what it does not know', () => {
    expect(() => evaluate('SQRT(4)', {})).toThrow('unknown function "SQRT"');
    expect(() => evaluate('m1 + 1', {})).toThrow('unknown id "m1"');
    expect(() => evaluate('1 + 2)', {})).toThrow('was not expected');
  });
});
