import type { Report } from '../../../lib/core/analysis/report/report';
import type { ServedMix } from '../../../lib/core/analysis/report/served-mix';
import { percent, whole } from '../../../lib/core/figures';
import type { Shares } from '../../../lib/core/telemetry/watch/tier-mix';
import { NONE, nameText } from './figures';
import { grid } from './grid';

/** Which tiers served whom, beside the mix that the baseline means. */
export function describeMix({ mix, by }: Report): string {
  return grid('Served by', mix, [
    { heading: 'task', cell: ({ task }) => nameText(task) },
    { heading: by === 'user-tier' ? 'user tier' : '', cell: userTierText(by) },
    { heading: 'answers', cell: ({ served }) => whole(served), isNumber: true },
    { heading: 'tiers', cell: ({ shares }) => sharesText(shares) },
    { heading: 'intended', cell: ({ intended }) => (intended === null ? NONE : sharesText(intended)) },
    { heading: 'served elsewhere', cell: elsewhereText },
  ]);
}

function userTierText(by: Report['by']): (row: ServedMix) => string {
  return ({ userTier }) => (by === 'user-tier' ? (userTier === null ? 'all' : nameText(userTier)) : NONE);
}

function sharesText(shares: Shares): string {
  return Object.entries(shares)
    .sort(([, one], [, other]) => other - one)
    .map(([tier, share]) => `${tier} ${percent(share)}`)
    .join(', ');
}

function elsewhereText({ distance, beyondChance }: ServedMix): string {
  if (distance === null || beyondChance === null) return NONE;
  return beyondChance > 0 ? `${percent(distance)}, beyond chance` : `${percent(distance)}, within chance`;
}
