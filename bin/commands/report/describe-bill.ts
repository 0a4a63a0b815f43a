import type { Report } from '../../../lib/core/analysis/report/report';
import type { TierBill } from '../../../lib/core/analysis/report/tier-bills';
import { signedPercent } from '../../../lib/core/figures';
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
