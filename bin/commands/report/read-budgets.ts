import { accountOf } from '../../../lambda/router/budgets/accounts';
import type { BudgetStore } from '../../../lambda/shared/store/budget-port';
import { inBatches } from '../../../lambda/shared/store/in-batches';
import {
  type BudgetPace,
  type BudgetReading,
  budgetPaces,
  budgetsOf,
} from '../../../lib/core/analysis/report/budget-pace';
import { billedUsd } from '../../../lib/core/analysis/report/figures';
import { type Rollup, UNNAMED } from '../../../lib/core/telemetry/rollup/rollup';
import type { Spender } from '../../../lib/core/types-live';
import type { Budget, Policy } from '../../../lib/core/types-policy';

/** Accounts read of one budget, of those who spent most: the others are farther from their limits. */
const MOST_SPENDERS = 50;
const READ_AT_ONCE = 8;
const EVERYBODY = 'all';

/** How the budgets stand now. */
export async function readBudgets(
  budgets: BudgetStore,
  policy: Policy,
  { rollup, nowMs }: { readonly rollup: Rollup; readonly nowMs: number },
): Promise<BudgetPace[]> {
  const asked = budgetsOf(policy).flatMap(({ budget, name }) =>
    spendersOf(budget, rollup).map((spender) => ({ budget, name, spender })),
  );
  const readings = await inBatches(asked, READ_AT_ONCE, async ({ budget, name, spender }): Promise<BudgetReading> => {
    const account = accountOf(budget, spenderOf(budget, spender), nowMs);
    return { budget, name, spender, ...(await budgets.read(account.id, nowMs)) };
  });
  return budgetPaces(readings, nowMs);
}

function spendersOf({ scope }: Budget, { by }: Rollup): string[] {
  if (scope === 'all') return [EVERYBODY];
  return Object.entries(by[scope])
    .sort(([, one], [, other]) => billedUsd(other) - billedUsd(one))
    .slice(0, MOST_SPENDERS)
    .map(([name]) => name);
}

function spenderOf({ scope }: Budget, name: string): Spender {
  const task = scope === 'task' ? name : '';
  if (name === UNNAMED) return { task };
  return { task, ...(scope === 'customer' && { customer: name }), ...(scope === 'key' && { keyId: name }) };
}
