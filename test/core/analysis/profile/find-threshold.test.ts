import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTuning, levelBeside } from '../../../../lib/core/analysis/profile/find-threshold';
import { countSample } from '../../../../lib/core/analysis/profile/sample-count';
import { ownLevels, testTiers } from '../../../../lib/core/analysis/profile/test-tiers';
import { failuresAtLevel } from '../../../../lib/core/analysis/statistics/sample-size';
import { binomialAtLeast, binomialAtMost } from '../../../../lib/core/binomial';
import { aRow, someRows } from './worlds';

const risks = fc.double({ min: 0.01, max: 0.3, noNaN: true });
const levels = fc.double({ min: 0.01, max: 0.2, noNaN: true });

describe('the level of a threshold', () => {
  it('leaves the chance of either false claim within the whole, at any true failure rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 800 }),
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        risks,
        levels,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (units, share, risk, level, place, part) => {
          const tuningUnits = Math.round(units * share);
          const allowed = failuresAtLevel(units, risk, level);
          const usual = Math.floor(part * (allowed + 1));
          const beside = levelBeside({ units, allowed, tuningUnits, usual }, risk, level);
          const rate = risk + (1 - risk) * place ** 4;
          const either = binomialAtMost(allowed, units, rate) + binomialAtLeast(usual + 1, tuningUnits, rate) * beside;
          expect(beside).toBeLessThanOrEqual(level);
          expect(either).toBeLessThanOrEqual(level + 1e-12);
        },
      ),
    );
  });

  it('is next to nothing for a small sample and most of the whole for a large one', () => {
    const of = (units: number): number => {
      const allowed = failuresAtLevel(units, 0.05, 0.05);
      return levelBeside({ units, allowed, tuningUnits: units / 2, usual: allowed }, 0.05, 0.05);
    };
    expect(of(60)).toBeLessThan(0.01);
    expect(of(1000)).toBeGreaterThan(0.04);
  });
});

describe('the rows of a threshold', () => {
  it('fall into two halves, alike each time, whole groups on one side', () => {
    const rows = someRows(2000);
    const tuning = rows.filter(isTuning).length;
    expect(tuning).toBeGreaterThan(900);
    expect(tuning).toBeLessThan(1100);
    expect(rows.map(isTuning)).toEqual([...rows].reverse().map(isTuning).reverse());
    const sides = new Set(someRows(50, { group: 'one' }).map(isTuning));
    expect(sides.size).toBe(1);
  });
});

describe('the levels of tiers', () => {
  it('make up the whole, and come back to the full table for each tier while all above are certified', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
        risks,
        levels,
        (sizes, risk, level) => {
          const tiers = sizes.map((n, index) => ({ tier: `tier-${index}`, count: clean(n) }));
          const own = ownLevels(tiers, risk, level);
          expect(own.reduce((sum, part) => sum + part, 0)).toBeCloseTo(level, 12);
          expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
          for (const [index, test] of testTiers(tiers, risk, level).entries()) {
            const table = failuresAtLevel(sizes[index] as number, risk, level);
            const reached = sizes.slice(0, index).every((n) => failuresAtLevel(n, risk, level) >= 0);
            if (reached) expect(test.allowed).toBe(table);
            else expect(test.allowed).toBeLessThanOrEqual(table);
          }
        },
      ),
    );
  });
});

function clean(n: number) {
  return countSample(Array.from({ length: n }, (_, index) => ({ row: aRow({ id: `row-${index}` }), event: false })));
}
