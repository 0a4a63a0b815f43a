import type { Margin } from '../../../lib/core/analysis/report/margins';
import type { Report } from '../../../lib/core/analysis/report/report';
import { counted, whole } from '../../../lib/core/figures';
import { MOST_ROWS } from './describe-rows';
import { money, NONE, nameText, share } from './figures';
import { grid } from './grid';

/** Customers below zero first, all of them; of the others as many as a person looks at. */
export function describeMargins({ margins }: Report): string {
  const all = margins ?? [];
  const negative = all.filter(({ isNegative }) => isNegative).length;
  const shown = all.slice(0, Math.max(MOST_ROWS, negative));
  const title = `Margin by customer; ${negative === 0 ? 'none' : counted(negative, 'customer')} below zero`;
  const table = grid(title, shown, [
    { heading: 'customer', cell: ({ customer }) => nameText(customer) },
    { heading: 'requests', cell: ({ requests }) => whole(requests), isNumber: true },
    {
      heading: 'revenue',
      cell: ({ revenueUsd }) => (revenueUsd === null ? 'not given' : money(revenueUsd)),
      isNumber: true,
    },
    { heading: 'cost', cell: ({ costUsd }) => money(costUsd), isNumber: true },
    { heading: 'margin', cell: ({ marginUsd }) => money(marginUsd), isNumber: true },
    { heading: 'of revenue', cell: ({ marginShare }: Margin) => share(marginShare), isNumber: true },
    { heading: '', cell: ({ isNegative }) => (isNegative ? 'BELOW ZERO' : NONE) },
  ]);
  const left = all.length - shown.length;
  return left === 0 ? table : `${table}\n  and ${counted(left, 'customer')} more: --csv and --json have all of them`;
}
