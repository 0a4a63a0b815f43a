import { describe, expect, it } from 'vitest';
import { tierBills } from '../../../../lib/core/analysis/report/tier-bills';
import { DAY_MS } from '../../../../lib/core/durations';
import { aPolicy, aTier } from '../../../builders';
import { NOON_MS, traffic, triage } from '../../telemetry/watch/watching';

const policy = aPolicy({
  tiers: [aTier({ id: 'small' }), aTier({ id: 'mid' }), aTier({ id: 'frontier' })],
  tasks: [triage()],
});
/** Three days are a tenth of a month. */
const period = { fromMs: NOON_MS - 3 * DAY_MS, atMs: NOON_MS };

function billsOf(tiers: Parameters<typeof traffic>[0], perTier: Record<string, number>) {
  const bills = tierBills(policy, perTier, { rollup: traffic(tiers), ...period });
  return Object.fromEntries(bills.map((bill) => [bill.tier, bill]));
}

describe('the bill by tier', () => {
  it('is held against the share of the projected month that is over', () => {
    const { small } = billsOf({ tiers: { small: { costUsd: 9, routingCostUsd: 1.5 } } }, { small: 100 });
    expect(small).toMatchObject({ actualUsd: 10.5, projectedMonthUsd: 100, off: null });
    expect(small?.expectedUsd).toBeCloseTo(10, 9);
    expect(small?.deviation).toBeCloseTo(0.05, 9);
  });

  it.each([
    ['above', 12, 'above'],
    ['below', 8, 'below'],
    ['as projected', 10.9, null],
  ])('is marked where it is off by more than the alarm allows: %s', (_name, costUsd, off) => {
    expect(billsOf({ tiers: { small: { costUsd } } }, { small: 100 }).small?.off).toBe(off);
  });

  it('is not marked for what chance alone may do', () => {
    // Two calls of 6 USD each: a third one more or less is no surprise.
    const { small } = billsOf({ tiers: { small: { costUsd: 12, costUsdSquares: 72 } } }, { small: 100 });
    expect(small).toMatchObject({ off: null });
    expect(small?.noise).toBeGreaterThan(small?.deviation ?? 0);
  });

  it('is marked for a tier that was not to cost anything, once that counts', () => {
    const cheap = billsOf({ tiers: { mid: { costUsd: 0.9 } } }, { small: 100 });
    expect(cheap.mid).toMatchObject({ expectedUsd: null, projectedMonthUsd: null, deviation: null, off: null });
    expect(billsOf({ tiers: { mid: { costUsd: 1.1 } } }, { small: 100 }).mid?.off).toBe('above');
  });

  it('has every tier of the policy, in its order', () => {
    expect(Object.keys(billsOf({}, { frontier: 1 }))).toEqual(['small', 'mid', 'frontier']);
  });
});
