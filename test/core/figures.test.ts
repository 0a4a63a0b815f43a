import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, percent, shortPercent, signedPercent, usd, usdInCents, whole } from '../../lib/core/figures';

describe('figures', () => {
  it.each([
    [whole(0), '0'],
    [whole(999.4), '999'],
    [whole(1234.5), '1,235'],
    [whole(-1234567), '-1,234,567'],
    [whole(-0.2), '0'],
    [counted(1, 'row'), '1 row'],
    [counted(0, 'row'), '0 rows'],
    [counted(1200, 'row'), '1,200 rows'],
    [percent(0.0834), '8.3 %'],
    [percent(-0.9), '-90.0 %'],
    [percent(-0.0004), '0.0 %'],
    [percent(0.12345, 2), '12.35 %'],
    [shortPercent(0.95), '95 %'],
    [shortPercent(0.12345), '12.35 %'],
    [shortPercent(0.049, 1), '4.9 %'],
    [shortPercent(-0.00001), '0 %'],
    [signedPercent(0.3), '+30.0 %'],
    [signedPercent(-0.042), '-4.2 %'],
    [signedPercent(-0.0004), '+0.0 %'],
  ])('read %s', (shown, expected) => expect(shown).toBe(expected));

  it.each([
    [0, '$0.00', '$0.00'],
    [1234.5, '$1,234.50', '$1,234.50'],
    [1234567.891, '$1,234,567.89', '$1,234,567.89'],
    [-12.345, '-$12.35', '-$12.35'],
    [0.8, '$0.80', '$0.80'],
    [0.123456, '$0.123', '$0.12'],
    [0.9996, '$1.00', '$1.00'],
    [-0.064, '-$0.064', '-$0.06'],
    [-0.001, '-$0.001', '$0.00'],
    [0.0000199, '$0.0000199', '$0.00'],
    [1.2345e-9, '$0.00000000123', '$0.00'],
  ])('of %d USD are %s, and %s on a bill', (amount, each, inCents) => {
    expect([usd(amount), usdInCents(amount)]).toEqual([each, inCents]);
  });

  it('tell every amount to half a cent or to three digits, whichever is finer', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (amount) => {
        const read = Number(usd(amount).replace(/[$,]/g, ''));
        const most = Math.abs(amount) < 1 ? Math.abs(amount) * 0.005 : 0.005;
        expect(Math.abs(read - amount)).toBeLessThanOrEqual(most * (1 + 1e-6));
      }),
    );
  });

  it('group by thousands and change no digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (value) => {
        expect(whole(value)).toMatch(/^-?\d{1,3}(,\d{3})*$/);
        expect(Number(whole(value).replaceAll(',', ''))).toBe(value);
      }),
    );
  });
});
