import { partsOfKind } from '../../lib/core/analysis/profile/run/ask-tier';
import type { Shortage } from '../../lib/core/analysis/profile/run/spending';
import { usd, whole } from '../../lib/core/figures';
import type { Policy } from '../../lib/core/types-policy';

/** The call for which a cap had no room: whom it would ask, what it may cost and why, and which cap would let it. */
export function describeShortage(shortage: Shortage, policy: Policy): string {
  const { kind, estimate, neededUsd } = shortage;
  const { tier, task, isJudge } = partsOfKind(kind);
  const asked = isJudge ? `to ${tier} as the judge of task ${task}` : `to ${tier} on task ${task}`;
  const set =
    neededUsd < estimate.worstUsd
      ? `; going by what such calls have cost, or are expected to, ${usd(neededUsd)} is set aside for it`
      : '';
  return (
    `The next one, ${asked}, may cost ${usd(estimate.worstUsd)}, ${isJudge ? 'by the longest verdict' : longest(policy, tier)}` +
    `${set}. The least --max-cost that lets it is ${leastCap(shortage)}.`
  );
}

function longest({ tiers }: Policy, id: string): string {
  const tier = tiers[id];
  if (tier?.maxOutputTokens !== undefined)
    return `since an answer may have ${whole(tier.maxOutputTokens)} tokens (maxOutputTokens)`;
  return `since ${id} has no maxOutputTokens and an answer may fill its window of ${whole(tier?.contextWindow ?? 0)} tokens`;
}

const PLACES = 1e6;

/** USD, never less than it takes. */
export function leastCap({ leastCapUsd }: Shortage): number {
  return Math.ceil(leastCapUsd * PLACES + 1e-3) / PLACES;
}
