import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapTotals } from '../../../../lib/core/analysis/statistics/bootstrap';
import { hashShare } from '../../../../lib/core/analysis/statistics/hash-share';
import { quantile, quantiles } from '../../../../lib/core/analysis/statistics/quantile';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';

describe('quantiles', () => {
  it('lie on straight lines between neighbours', () => {
    expect(quantiles([40, 10, 30, 20], [0, 0.5, 1 / 3, 1])).toEqual([10, 25, 20, 40]);
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('rise with the share and stay among the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, one, other) => {
          const [low, high] = quantiles(values, [Math.min(one, other), Math.max(one, other)]) as [number, number];
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(Math.min(...values));
          expect(high).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
    );
  });
});

describe('a seeded generator', () => {
  it('repeats itself, differs by seed and fills its range evenly', () => {
    const draw = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));
    expect(draw(7, 5)).toEqual(draw(7, 5));
    expect(draw(7, 5)).not.toEqual(draw(8, 5));
    const tenths = new Array<number>(10).fill(0);
    for (const value of draw(1, 100_000))
      tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] as number) + 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('a hash as a share', () => {
  it('spreads names that differ in one character evenly', () => {
    const shares = Array.from({ length: 10_000 }, (_, index) => hashShare(`row-${index}`));
    expect(new Set(shares).size).toBeGreaterThan(9_990);
    for (const edge of [0.1, 0.5, 0.9]) {
      expect(Math.abs(shares.filter((share) => share < edge).length / 10_000 - edge)).toBeLessThan(0.02);
    }
    expect(hashShare('row-1')).toBe(hashShare('row-1'));
  });
});

describe('a bootstrap over groups', () => {
  const mean = ([count = 0, sum = 0]: readonly number[]): number[] => [sum / count];

  it('covers the mean of a sample about as often as it says', () => {
    const random = seededRandom(11);
    let covered = 0;
    for (let world = 0; world < 300; world++) {
      const groups = Array.from({ length: 80 }, () => [1, random() < 0.3 ? 1 : 0]);
      const [interval] = bootstrapTotals(groups, mean, { random, resamples: 300, confidence: 0.9 });
      if (interval && interval.low <= 0.3 && 0.3 <= interval.high) covered++;
    }
    expect(covered).toBeGreaterThan(250);
    expect(covered).toBeLessThan(290);
  });

  it('is wider where rows come in groups that share their fate', () => {
    const single = Array.from({ length: 200 }, (_, index) => [1, index % 2]);
    const grouped = Array.from({ length: 20 }, (_, index) => [10, 10 * (index % 2)]);
    const width = (groups: number[][]): number => {
      const [interval] = bootstrapTotals(groups, mean, { random: seededRandom(3) });
      return interval ? interval.high - interval.low : 0;
    };
    expect(width(grouped)).toBeGreaterThan(2 * width(single));
  });

  it('has no width where nothing varies, and is the same for the same seed', () => {
    const random = (): (() => number) => seededRandom(5);
    expect(
      bootstrapTotals(
        [
          [1, 4],
          [1, 4],
        ],
        mean,
        { random: random() },
      ),
    ).toEqual([{ low: 4, high: 4 }]);
    const groups = Array.from({ length: 30 }, (_, index) => [1, index]);
    expect(bootstrapTotals(groups, mean, { random: random() })).toEqual(
      bootstrapTotals(groups, mean, { random: random() }),
    );
  });
});
