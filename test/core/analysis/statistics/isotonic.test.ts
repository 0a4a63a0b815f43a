import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationError } from '../../../../lib/core/analysis/statistics/calibration-error';
import { evaluateIsotonic, fitIsotonic } from '../../../../lib/core/analysis/statistics/isotonic';

const value = fc.double({ min: -100, max: 100, noNaN: true });
const points = fc.array(fc.record({ x: value, y: value, weight: fc.double({ min: 0.1, max: 10, noNaN: true }) }), {
  minLength: 1,
  maxLength: 40,
});

describe('an isotonic fit', () => {
  it.each([
    { name: 'leaves what is rising', ys: [1, 2, 3], direction: 'rising' as const, fitted: [1, 2, 3] },
    { name: 'pools a pair that falls', ys: [1, 3, 2, 4], direction: 'rising' as const, fitted: [1, 2.5, 2.5, 4] },
    { name: 'pools again where pooling falls', ys: [3, 2, 1], direction: 'rising' as const, fitted: [2, 2, 2] },
    { name: 'falls where asked to', ys: [4, 2, 3, 1], direction: 'falling' as const, fitted: [4, 2.5, 2.5, 1] },
  ])('$name', ({ ys, direction, fitted }) => {
    const fit = fitIsotonic(
      ys.map((y, x) => ({ x, y })),
      direction,
    );
    expect(ys.map((_, x) => evaluateIsotonic(fit, x))).toEqual(fitted);
  });

  it('weighs points, and takes those of equal place for one', () => {
    const fit = fitIsotonic(
      [
        { x: 0, y: 4, weight: 3 },
        { x: 0, y: 0 },
        { x: 1, y: 0, weight: 2 },
      ],
      'rising',
    );
    expect(evaluateIsotonic(fit, 0)).toBe(2);
    expect(evaluateIsotonic(fit, 1)).toBe(2);
  });

  it('is straight between points and level beyond them', () => {
    const fit = { xs: [0, 1, 3], ys: [0, 2, 4] };
    expect([-5, 0.25, 2, 9].map((x) => evaluateIsotonic(fit, x))).toEqual([0, 0.5, 3, 4]);
  });

  it('is plain arrays that come back from JSON the same', () => {
    const fit = fitIsotonic(
      [3, 1, 2, 5, 4].map((y, x) => ({ x, y })),
      'rising',
    );
    expect(JSON.parse(JSON.stringify(fit))).toEqual({ xs: [0, 2, 3, 4], ys: [2, 2, 4.5, 4.5] });
  });

  it('says nothing where it was fitted to nothing', () => {
    expect(evaluateIsotonic(fitIsotonic([], 'rising'), 1)).toBeNaN();
  });

  it('is monotone everywhere', () => {
    fc.assert(
      fc.property(points, fc.constantFrom('rising' as const, 'falling' as const), fc.array(value), (some, way, at) => {
        const fit = fitIsotonic(some, way);
        const sign = way === 'rising' ? 1 : -1;
        const places = [...at, ...some.map(({ x }) => x)].sort((left, right) => left - right);
        const ys = places.map((x) => evaluateIsotonic(fit, x));
        for (const [index, y] of ys.slice(1).entries())
          expect(sign * (y - (ys[index] as number))).toBeGreaterThanOrEqual(-1e-9);
      }),
    );
  });

  it('keeps the weighted mean, and lies no further from the points than any constant', () => {
    fc.assert(
      fc.property(points, value, (some, constant) => {
        const fit = fitIsotonic(some, 'rising');
        const sum = (of: (point: (typeof some)[number]) => number): number =>
          some.reduce((total, point) => total + point.weight * of(point), 0);
        const fitted = ({ x }: { x: number }): number => evaluateIsotonic(fit, x);
        expect(sum(fitted)).toBeCloseTo(
          sum(({ y }) => y),
          6,
        );
        const error = sum((point) => (point.y - fitted(point)) ** 2);
        expect(error).toBeLessThanOrEqual(sum(({ y }) => (y - constant) ** 2) + 1e-6);
      }),
    );
  });
});

describe('calibration error', () => {
  it('is the mean gap between what was said and what came', () => {
    const said = (predicted: number, happened: boolean) => ({ predicted, happened });
    expect(calibrationError([said(0, false), said(1, true)], 2)).toBe(0);
    expect(calibrationError([said(0.5, false), said(0.5, true)], 1)).toBe(0);
    expect(calibrationError([said(0.9, false), said(0.9, true), said(0.1, false), said(0.1, false)], 2)).toBeCloseTo(
      0.25,
      12,
    );
    expect(calibrationError([])).toBeNaN();
  });
});
