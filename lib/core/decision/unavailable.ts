import type { Exclusion, ExclusionReason } from '../types';
import type { Tier } from '../types-policy';

/** What passes by itself, or once there is money again. */
const PASSING: ReadonlySet<ExclusionReason> = new Set(['breaker-open', 'queue-full', 'rate-limit', 'budget']);

/**
 * Whether the moment left the task's strategy nothing to choose: the first tier is switched off or rests, or none above it
 * could be had. What the policy itself leaves out, for good or for such a request, is part of what the strategy was profiled
 * with. A first tier that is merely full is no such moment: a request that goes on from it counts as an up-route.
 */
export function isUnavailable(ladder: readonly Tier[], excluded: readonly Exclusion[]): boolean {
  if (excluded.length === 0) return false;
  const reasonOf = ({ id }: Tier): ExclusionReason | undefined => excluded.find(({ tier }) => tier === id)?.reason;
  const [first, ...above] = ladder.filter((tier) => !isGone(tier, reasonOf(tier)));
  if (first === undefined) return false;
  const why = reasonOf(first);
  if (why === 'disabled' || why === 'breaker-open') return true;
  const reasons = above.map(reasonOf);
  return reasons.every((reason) => reason !== undefined) && reasons.some(isPassing);
}

/** By the policy, and so until another one. */
function isGone({ enabled }: Tier, reason: ExclusionReason | undefined): boolean {
  return reason === 'retired' || (reason === 'disabled' && !enabled);
}

function isPassing(reason: ExclusionReason | undefined): boolean {
  return reason === 'disabled' || (reason !== undefined && PASSING.has(reason));
}
