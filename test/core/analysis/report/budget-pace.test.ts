import { describe, expect, it } from 'vitest';
import {
  type BudgetReading,
  budgetPaces,
  budgetsOf,
  shownBudgets,
} from '../../../../lib/core/analysis/report/budget-pace';
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

function aReading(reading: Partial<BudgetReading>, part: Partial<Budget> = {}): BudgetReading {
  const budget = aBudget(part);
  return { budget, name: budget.id, spender: 'acme', spentUsd: 0, heldUsd: 0, ...reading };
}

describe('the pace of budgets', () => {
  it.each([
    ['within it', {}, 4, 0, 'within', 8],
    ['ahead of it', {}, 6, 0, 'ahead', 12],
    ['exhausted, with what is set aside', {}, 9, 1, 'exhausted', 18],
    ['of a month of which 21.5 of 30 days are over', { period: 'month', limitUsd: 30 }, 21.5, 0, 'within', 30],
  ] as const)('is %s', (_name, budget, spentUsd, heldUsd, standing, atThisPaceUsd) => {
    const [pace] = budgetPaces([aReading({ spentUsd, heldUsd }, budget)], NOON_MS);
    expect(pace).toMatchObject({ budget: 'per-customer', spender: 'acme', spentUsd, heldUsd, standing });
    expect(pace?.atThisPaceUsd).toBeCloseTo(atThisPaceUsd, 9);
  });

  it('makes nothing of single requests at the beginning of a period', () => {
    const midnightMs = NOON_MS - 12 * 3_600_000;
    const [pace] = budgetPaces([aReading({ spentUsd: 0.1 })], midnightMs);
    expect(pace).toMatchObject({ standing: 'within', elapsedShare: 0, atThisPaceUsd: 5 });
  });

  it('lists those nearest to their limits first, a limit of nothing before all', () => {
    const of = (spender: string, limitUsd: number, spentUsd: number) => aReading({ spender, spentUsd }, { limitUsd });
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
    const namesWith = (control: { share: number; dailyUsd: number }) =>
      budgetsOf(aPolicy({ ...parts, control })).map(({ name }) => name);
    expect(namesWith({ share: 0.01, dailyUsd: 2 })).toEqual(['per-customer', 'control sample']);
    expect(namesWith({ share: 0, dailyUsd: 2 })).toEqual(['per-customer']);
    expect(namesWith({ share: 0.01, dailyUsd: 0 })).toEqual(['per-customer']);
  });
});

describe('the budgets of a report', () => {
  const paces = budgetPaces(
    [
      aReading({ spender: 'acme', spentUsd: 9 }),
      aReading({ spender: 'beta', spentUsd: 1 }),
      aReading({ spender: 'gamma', spentUsd: 2 }),
      aReading({ spender: 'triage', spentUsd: 1 }, { id: 'per-task', scope: 'task' }),
      aReading({ spender: 'all', spentUsd: 10 }, { id: 'all-day', scope: 'all' }),
      aReading({ spender: 'all', spentUsd: 0, name: 'control sample' }, { id: 'of-control', scope: 'all' }),
    ],
    NOON_MS,
  );
  const MAY_RUN_OUT = ['per-customer acme', 'all-day all'];

  it.each([
    ['task', [...MAY_RUN_OUT, 'per-task triage'], { customer: 2, all: 1 }],
    ['customer', [...MAY_RUN_OUT, 'per-customer beta', 'per-customer gamma'], { task: 1, all: 1 }],
    ['key', MAY_RUN_OUT, { customer: 2, task: 1, all: 1 }],
    ['tier', [...MAY_RUN_OUT, 'per-customer beta', 'per-customer gamma', 'per-task triage', 'control sample all'], {}],
  ] as const)('by %s are those of it and whichever may run out, and the others are counted', (by, names, more) => {
    const { budgets, moreBudgets } = shownBudgets(paces, by);
    expect(budgets.map(({ budget, spender }) => `${budget} ${spender}`).sort()).toEqual([...names].sort());
    expect(moreBudgets).toEqual(more);
  });
});
