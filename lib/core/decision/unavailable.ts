import type { Circumstances, Exclusion, ExclusionReason } from '../types';
import type { TierState } from '../types-live';
import type { Tier } from '../types-policy';

/**
 * Whether the moment left the task's strategy nothing to choose: the first tier is switched off or rests, or none above it
 * could be had. It turns on the tiers and not on why this request might not have had them anyway, or those that could never
 * climb would be all that is left to judge the strategy by. What the policy itself leaves out, for good or for such a request,
 * is part of what the strategy was profiled with. A first tier that is merely full is no such moment: a request that goes on
 * from it counts as an up-route.
 */
export function isUnavailable(
  ladder: readonly Tier[],
  excluded: readonly Exclusion[],
  { states }: Pick<Circumstances, 'states'>,
): boolean {
  if (excluded.length === 0) return false;
  const reasonOf = ({ id }: Tier): ExclusionReason | undefined => excluded.find(({ tier }) => tier === id)?.reason;
  const stateOf = ({ id }: Tier): TierState | undefined =>
    states !== undefined && Object.hasOwn(states, id) ? states[id] : undefined;
  const isOut = (tier: Tier): boolean => reasonOf(tier) === 'disabled' || stateOf(tier)?.breaker === 'open';
  const [first, ...above] = ladder.filter((tier) => !isGone(tier, reasonOf(tier)));
  if (first === undefined) return false;
  if (isOut(first)) return true;
  const couldBeHad = (tier: Tier): boolean => reasonOf(tier) === undefined;
  const isShort = (tier: Tier): boolean => stateOf(tier)?.full !== undefined || reasonOf(tier) === 'budget';
  return !above.some(couldBeHad) && above.some((tier) => isOut(tier) || isShort(tier));
}

/** By the policy, and so until another one. */
function isGone({ enabled }: Tier, reason: ExclusionReason | undefined): boolean {
  return reason === 'retired' || (reason === 'disabled' && !enabled);
}
