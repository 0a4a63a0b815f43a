import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failuresAllowed, power, rowsForPower, rowsNeeded } from '../../../../lib/core/analysis/statistics/sample-size';
import { binomialAtMost } from '../../../../lib/core/binomial';
import { exactBounds } from '../../../../lib/core/exact-bounds';

describe('failures a sample may hold', () => {
  // As published for one-sided Clopper-Pearson bounds at 95 %.
  it.each([
    { n: 59, at2: null, at5: 0, at10: 1 },
    { n: 100, at2: null, at5: 1, at10: 4 },
    { n: 149, at2: 0, at5: 2, at10: 8 },
    { n: 200, at2: 0, at5: 4, at10: 12 },
    { n: 300, at2: 1, at5: 8, at10: 21 },
    { n: 500, at2: 4, at5: 16, at10: 38 },
  ])('of $n rows for 2, 5 and 10 %', ({ n, at2, at5, at10 }) => {
    expect(failuresAllowed(n, 0.02, 0.95)).toBe(at2);
    expect(failuresAllowed(n, 0.05, 0.95)).toBe(at5);
    expect(failuresAllowed(n, 0.1, 0.95)).toBe(at10);
  });

  it('are just those at which the exact bound is within the risk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.double({ min: 0.005, max: 0.4, noNaN: true }),
        fc.double({ min: 0.5, max: 0.995, noNaN: true }),
        (n, risk, confidence) => {
          const allowed = failuresAllowed(n, risk, confidence) ?? -1;
          if (allowed >= 0) expect(exactBounds(allowed, n, confidence).high).toBeLessThanOrEqual(risk + 1e-12);
          expect(exactBounds(allowed + 1, n, confidence).high).toBeGreaterThan(risk - 1e-12);
        },
      ),
    );
  });

  it('are allowed a million rows long', () => {
    const allowed = failuresAllowed(1_000_000, 0.05, 0.95) as number;
    expect(binomialAtMost(allowed, 1_000_000, 0.05)).toBeLessThanOrEqual(0.05);
    expect(binomialAtMost(allowed + 1, 1_000_000, 0.05)).toBeGreaterThan(0.05);
  });
});

describe('rows needed', () => {
  it.each([
    { failures: 0, risk: 0.05, rows: 59 },
    { failures: 0, risk: 0.02, rows: 149 },
    { failures: 0, risk: 0.1, rows: 29 },
    { failures: 1, risk: 0.05, rows: 93 },
    { failures: 0, risk: 0.9, rows: 2 },
  ])('to certify $risk with $failures failures are $rows', ({ failures, risk, rows }) => {
    expect(rowsNeeded(failures, risk, 0.95)).toBe(rows);
  });

  it('are the least', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (failures, risk) => {
        const rows = rowsNeeded(failures, risk, 0.95);
        expect(failuresAllowed(rows, risk, 0.95)).toBe(failures);
        expect(failuresAllowed(rows - 1, risk, 0.95) ?? -1).toBeLessThan(failures);
      }),
    );
  });

  it.each([
    { rate: 0, risk: 0.05 },
    { rate: 0.01, risk: 0.05 },
    { rate: 0.02, risk: 0.05 },
    { rate: 0.03, risk: 0.05 },
    { rate: 0.005, risk: 0.02 },
    { rate: 0.06, risk: 0.1 },
  ])(
    'for a chance of 80 % at a true rate of $rate are found as by trying each, and enough for good',
    ({ rate, risk }) => {
      const found = rowsForPower(rate, risk, 0.95) as number;
      const tried = Array.from({ length: 3 * found }, (_, index) => power(index + 1, rate, risk, 0.95) >= 0.8);
      expect(found).toBe(tried.lastIndexOf(false) + 2);
    },
  );

  it('do not exist where the true rate is not below the risk, or next to it', () => {
    expect(rowsForPower(0.05, 0.05, 0.95)).toBeNull();
    expect(rowsForPower(0.2, 0.05, 0.95)).toBeNull();
    expect(rowsForPower(0.049999, 0.05, 0.95)).toBeNull();
  });

  it('have no power where not even none may fail', () => {
    expect(power(58, 0, 0.05, 0.95)).toBe(0);
    expect(power(59, 0, 0.05, 0.95)).toBe(1);
    expect(power(59, 0.01, 0.05, 0.95)).toBeCloseTo(0.99 ** 59, 12);
  });
});
