import { describe, expect, it } from 'vitest';
import { budgetPaces, budgetsOf } from '../../../../lib/core/analysis/report/budget-pace';
import type { Budget } from '../../../../lib/core/types-policy';
import { aPolicy, aTier } from '../../../builders';
import { NOON_MS, triage } from '../../telemetry/watch/watching';

function aBudget(budget: Partial<Budget> = {}): Budget {
  return {
    id: 'per-customer',
    scope: 'customer',
    limitUsd: 10,
    period: 'day',
    onExhausted: 'refuse',
    reserve: 'expected',
    ...budget,
  };
}

describe('the pace of budgets', () => {
  it.each([
    ['within it', {}, 4, 0, 'within', 8],
    ['ahead of it', {}, 6, 0, 'ahead', 12],
    ['exhausted, with what is set aside', {}, 9, 1, 'exhausted', 18],
    ['of a month of which 21.5 of 30 days are over', { period: 'month', limitUsd: 30 }, 21.5, 0, 'within', 30],
  ] as const)('is %s', (_name, budget, spentUsd, heldUsd, standing, atThisPaceUsd) => {
    const [pace] = budgetPaces([{ budget: aBudget(budget), spender: 'acme', spentUsd, heldUsd }], NOON_MS);
    expect(pace).toMatchObject({ budget: 'per-customer', spender: 'acme', spentUsd, heldUsd, standing });
    expect(pace?.atThisPaceUsd).toBeCloseTo(atThisPaceUsd, 9);
  });

  it('makes nothing of single requests at the beginning of a period', () => {
    const midnightMs = NOON_MS - 12 * 3_600_000;
    const [pace] = budgetPaces([{ budget: aBudget(), spender: 'acme', spentUsd: 0.1, heldUsd: 0 }], midnightMs);
    expect(pace).toMatchObject({ standing: 'within', elapsedShare: 0, atThisPaceUsd: 5 });
  });

  it('lists those nearest to their limits first, a limit of nothing before all', () => {
    const of = (spender: string, limitUsd: number, spentUsd: number) => ({
      budget: aBudget({ limitUsd }),
      spender,
      spentUsd,
      heldUsd: 0,
    });
    const paces = budgetPaces([of('half', 10, 5), of('none', 0, 0), of('little', 100, 1)], NOON_MS);
    expect(paces.map(({ spender, usedShare }) => [spender, usedShare])).toEqual([
      ['none', 1],
      ['half', 0.5],
      ['little', 0.01],
    ]);
  });

  it('counts the control sample among the budgets where there is one', () => {
    const budgets = [aBudget()];
    const parts = { tiers: [aTier({ id: 'small' }), aTier({ id: 'frontier' })], tasks: [triage()], budgets };
    const idsWith = (control: { share: number; dailyUsd: number }) =>
      budgetsOf(aPolicy({ ...parts, control })).map(({ id }) => id);
    expect(idsWith({ share: 0.01, dailyUsd: 2 })).toEqual(['per-customer', 'control#day']);
    expect(idsWith({ share: 0, dailyUsd: 2 })).toEqual(['per-customer']);
    expect(idsWith({ share: 0.01, dailyUsd: 0 })).toEqual(['per-customer']);
  });
});
