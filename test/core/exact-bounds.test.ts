import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialAtLeast, binomialAtMost, binomialDensity } from '../../lib/core/binomial';
import { exactBounds } from '../../lib/core/exact-bounds';

const sample = fc
  .integer({ min: 1, max: 400 })
  .chain((n) => fc.record({ n: fc.constant(n), passes: fc.integer({ min: 0, max: n }) }));
const confidence = fc.double({ min: 0.5, max: 0.999, noNaN: true });

describe('exact bounds of a rate', () => {
  // Computed with 40 digits from the incomplete beta function.
  it.each([
    { passes: 3, n: 10, confidence: 0.95, low: 0.0872644339141503, high: 0.606624216105413 },
    { passes: 4, n: 200, confidence: 0.95, low: 0.00685971910109124, high: 0.0451804149947187 },
    { passes: 16, n: 500, confidence: 0.95, low: 0.0201727485589096, high: 0.048198148669047 },
    { passes: 57, n: 59, confidence: 0.99, low: 0.865044200359466, high: 0.997463727167671 },
    { passes: 1, n: 7, confidence: 0.8, low: 0.0313749140730026, high: 0.370861516930009 },
    { passes: 950, n: 1000, confidence: 0.95, low: 0.93713659648762, high: 0.960836464074411 },
  ])('of $passes in $n at $confidence are the known ones', ({ passes, n, confidence: at, low, high }) => {
    const bounds = exactBounds(passes, n, at);
    expect(bounds.low).toBeCloseTo(low, 12);
    expect(bounds.high).toBeCloseTo(high, 12);
  });

  it('of no failure in 59 rows say 5 % at 95 %, and of none in 58 do not', () => {
    expect(exactBounds(0, 59, 0.95).high).toBeLessThan(0.05);
    expect(exactBounds(0, 58, 0.95).high).toBeGreaterThan(0.05);
    expect(exactBounds(59, 59, 0.95)).toMatchObject({ low: expect.closeTo(0.05 ** (1 / 59), 14), high: 1 });
  });

  it.each([
    { passes: 0, n: 1_000_000 },
    { passes: 3, n: 1_000_000 },
    { passes: 50_000, n: 1_000_000 },
    { passes: 500_000, n: 1_000_000 },
    { passes: 999_990, n: 1_000_000 },
  ])('of $passes in $n have the stated chance beyond them', ({ passes, n }) => {
    const { low, high } = exactBounds(passes, n, 0.95);
    if (passes > 0) expect(binomialAtLeast(passes, n, low)).toBeCloseTo(0.05, 10);
    expect(binomialAtMost(passes, n, high)).toBeCloseTo(0.05, 10);
  });

  it('know nothing of an empty sample', () => {
    expect(exactBounds(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
  });

  it.each([
    { passes: 5, n: 4, at: 0.95 },
    { passes: -1, n: 4, at: 0.95 },
    { passes: 1.5, n: 4, at: 0.95 },
    { passes: 1, n: 4, at: 1 },
    { passes: 1, n: 4, at: 0 },
  ])('refuse $passes of $n at $at', ({ passes, n, at }) => {
    expect(() => exactBounds(passes, n, at)).toThrow(RangeError);
  });

  it('enclose the rate seen, and have at most the stated chance beyond them', () => {
    fc.assert(
      fc.property(sample, confidence, ({ n, passes }, at) => {
        const { low, high } = exactBounds(passes, n, at);
        expect(low).toBeLessThanOrEqual(passes / n);
        expect(high).toBeGreaterThanOrEqual(passes / n);
        if (passes > 0) expect(binomialAtLeast(passes, n, low)).toBeCloseTo(1 - at, 9);
        if (passes < n) expect(binomialAtMost(passes, n, high)).toBeCloseTo(1 - at, 9);
      }),
    );
  });

  it('rise with the passes, close in with the rows and widen with the confidence', () => {
    fc.assert(
      fc.property(sample, confidence, ({ n, passes }, at) => {
        const here = exactBounds(passes, n, at);
        const onePassMore = exactBounds(passes + 1, n + 1, at);
        const oneFailureMore = exactBounds(passes, n + 1, at);
        const surer = exactBounds(passes, n, (1 + at) / 2);
        expect(onePassMore.low).toBeGreaterThanOrEqual(here.low);
        expect(onePassMore.high).toBeGreaterThanOrEqual(here.high);
        expect(oneFailureMore.high).toBeLessThanOrEqual(here.high);
        expect(oneFailureMore.low).toBeLessThanOrEqual(here.low);
        expect(surer.low).toBeLessThanOrEqual(here.low);
        expect(surer.high).toBeGreaterThanOrEqual(here.high);
      }),
    );
  });
});

describe('the binomial distribution', () => {
  it('has tails that are the sums of its densities', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), ({ n, passes }, p) => {
        let sum = 0;
        for (let count = 0; count <= passes; count++) sum += binomialDensity(count, n, p);
        expect(binomialAtMost(passes, n, p)).toBeCloseTo(sum, 11);
        expect(binomialAtLeast(passes + 1, n, p)).toBeCloseTo(1 - sum, 11);
      }),
    );
  });

  it('keeps its digits far out in the tail', () => {
    // 0.01 ^ 20, and 1 - 0.9 ^ 10 for the other side.
    expect(binomialAtLeast(20, 20, 0.01) / 1e-40).toBeCloseTo(1, 10);
    expect(binomialAtLeast(1, 10, 0.1)).toBeCloseTo(1 - 0.9 ** 10, 14);
  });
});
