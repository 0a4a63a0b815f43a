import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { populationStability, sharesBetween } from '../../../lib/core/telemetry/population-stability';

const shares = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, value) => sum + value, 0)));

describe('population stability', () => {
  it.each([
    { expected: [0.5, 0.5], actual: [0.5, 0.5], index: 0 },
    { expected: [0.5, 0.5], actual: [0.6, 0.4], index: 0.1 * Math.log(1.2) - 0.1 * Math.log(0.8) },
    { expected: [1, 0], actual: [0.9, 0.1], index: -0.1 * Math.log(0.9) + 0.099 * Math.log(100) },
  ])('of $expected and $actual is $index', ({ expected, actual, index }) => {
    expect(populationStability(expected, actual)).toBeCloseTo(index, 12);
  });

  it('is never negative, the same both ways, and 0 of a distribution and itself', () => {
    fc.assert(
      fc.property(shares, shares, (one, other) => {
        expect(populationStability(one, other)).toBeGreaterThanOrEqual(0);
        expect(populationStability(one, other)).toBeCloseTo(populationStability(other, one), 9);
        expect(populationStability(one, one)).toBe(0);
      }),
    );
  });

  it('refuses distributions over different bins', () => {
    expect(() => populationStability([1], [0.5, 0.5])).toThrow('given 1 and 2');
  });
});

describe('shares between edges', () => {
  it('count a value on an edge below it, and nothing of nothing', () => {
    expect(sharesBetween([1, 2, 2, 3, 9], [2, 5])).toEqual([0.6, 0.2, 0.2]);
    expect(sharesBetween([], [2, 5])).toEqual([0, 0, 0]);
    expect(sharesBetween([4], [])).toEqual([1]);
  });
});
