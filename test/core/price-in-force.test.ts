import { describe, expect, it } from 'vitest';
import { priceInForce } from '../../lib/core/price-in-force';
import type { Price, TokenPrice } from '../../lib/core/types-policy';

describe('the price in force', () => {
  const price = (of: Partial<TokenPrice>): Price => ({ kind: 'tokens', input: 0, output: 0, uplift: 1, ...of });
  const undated = price({ input: 1 });
  const june = price({ input: 2, effectiveFrom: '2026-06-01' });
  const december = price({ input: 3, effectiveFrom: '2026-12-01' });

  it.each<[string, string, readonly Price[], Price]>([
    ['is the undated one before the first date', '2026-05-31T23:59:59.999Z', [undated, june, december], undated],
    ['changes at midnight UTC', '2026-06-01T00:00:00.000Z', [undated, june, december], june],
    ['lasts until the next', '2026-11-30T23:59:59.999Z', [undated, june, december], june],
    ['is the next from its midnight on', '2026-12-01T00:00:00.000Z', [undated, june, december], december],
    ['is the last for ever', '2099-01-01T00:00:00.000Z', [undated, june, december], december],
    ['is the earliest before all of them', '2020-01-01T00:00:00.000Z', [june, december], june],
    ['is the only one, whatever its date', '2020-01-01T00:00:00.000Z', [december], december],
    ['does not follow the clock of a place: 23:30 in New York', '2026-06-01T03:30:00.000Z', [undated, june], june],
  ])('%s', (_, time, prices, expected) => {
    expect(priceInForce({ prices }, Date.parse(time))).toBe(expected);
  });
});
