import type { BudgetPace } from '../../../lib/core/analysis/report/budget-pace';
import type { Report } from '../../../lib/core/analysis/report/report';
import type { TierBill } from '../../../lib/core/analysis/report/tier-bills';
import { percent, signedPercent } from '../../../lib/core/figures';
import { bar, money, NONE, nameText, type Style } from './figures';
import { grid } from './grid';

/** Actual against projected, at the projection's pace. */
export function describeBill({ bill }: Report, { bars }: Style): string {
  const rows = bill ?? [];
  const most = Math.max(0, ...rows.map(({ actualUsd }) => actualUsd));
  return grid('Bill by tier against its projection', rows, [
    { heading: 'tier', cell: ({ tier }) => nameText(tier) },
    { heading: 'actual', cell: ({ actualUsd }) => money(actualUsd), isNumber: true },
    { heading: '', cell: ({ actualUsd }) => (bars && most > 0 ? bar(actualUsd / most) : NONE) },
    {
      heading: 'projected',
      cell: ({ expectedUsd }) => (expectedUsd === null ? 'not' : money(expectedUsd)),
      isNumber: true,
    },
    { heading: 'of a month', cell: ({ projectedMonthUsd }) => money(projectedMonthUsd), isNumber: true },
    {
      heading: 'off by',
      cell: ({ deviation }) => (deviation === null ? NONE : signedPercent(deviation)),
      isNumber: true,
    },
    { heading: '', cell: markOf },
  ]);
}

function markOf({ off, deviation, noise }: TierBill): string {
  if (off !== null) return `${off.toUpperCase()} THE PROJECTION`;
  return deviation !== null && Math.abs(deviation) > noise ? NONE : 'within chance';
}

const STANDINGS: Readonly<Record<BudgetPace['standing'], string>> = {
  within: NONE,
  ahead: 'REACHES ITS LIMIT BEFORE THE END',
  exhausted: 'EXHAUSTED',
};

export function describeBudgets({ budgets }: Report, { bars }: Style): string {
  return grid('Budgets now', budgets, [
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
}
