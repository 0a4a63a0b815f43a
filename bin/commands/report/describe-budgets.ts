import type { BudgetPace } from '../../../lib/core/analysis/report/budget-pace';
import type { Report } from '../../../lib/core/analysis/report/report';
import { counted, percent } from '../../../lib/core/figures';
import type { Budget } from '../../../lib/core/types-policy';
import { bar, money, NONE, nameText, type Style } from './figures';
import { grid } from './grid';

const TITLE = 'Budgets now';

const STANDINGS: Readonly<Record<BudgetPace['standing'], string>> = {
  within: NONE,
  ahead: 'REACHES ITS LIMIT BEFORE THE END',
  exhausted: 'EXHAUSTED',
};

/** How budgets that are not shown are spoken of, and the split that shows them. */
const ELSEWHERE: Readonly<Record<Budget['scope'], readonly [whose: string, by: string]>> = {
  customer: ['by customer', 'customer'],
  task: ['by task', 'task'],
  key: ['by key', 'key'],
  all: ['for all together', 'tier'],
};

/** Those that may run out are shown whatever the split; where the others are is said. */
export function describeBudgets({ budgets, moreBudgets }: Report, { bars }: Style): string {
  const table = grid(TITLE, budgets, [
    { heading: 'budget', cell: ({ budget }) => nameText(budget) },
    { heading: 'spender', cell: ({ spender }) => nameText(spender) },
    { heading: 'spent', cell: ({ spentUsd }) => money(spentUsd), isNumber: true },
    { heading: 'set aside', cell: ({ heldUsd }) => (heldUsd === 0 ? NONE : money(heldUsd)), isNumber: true },
    { heading: 'limit', cell: ({ limitUsd, period }) => `${money(limitUsd)} a ${period}`, isNumber: true },
    { heading: 'used', cell: ({ usedShare }) => percent(usedShare), isNumber: true },
    { heading: '', cell: ({ usedShare }) => (bars ? bar(usedShare) : NONE) },
    { heading: 'of the time', cell: ({ elapsedShare }) => percent(elapsedShare), isNumber: true },
    { heading: 'at this pace', cell: ({ atThisPaceUsd }) => money(atThisPaceUsd), isNumber: true },
    { heading: '', cell: ({ standing }) => STANDINGS[standing] },
  ]);
  const others = Object.entries(moreBudgets).map(([scope, count]) => {
    const [whose, by] = ELSEWHERE[scope as Budget['scope']];
    return `  ${counted(count, 'more budget')} ${whose}: --by ${by}`;
  });
  if (others.length === 0) return table;
  return [table === '' ? TITLE : table, ...others].join('\n');
}
