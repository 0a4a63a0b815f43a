import { shortPercent, usd, whole } from '../../figures';
import type { Worth } from './profile-document';
import type { ReferencePolicies } from './reference-policies';
import type { TierMeans } from './tier-means';

/** What a recommendation is made of. Costs are of a request. */
export interface Found {
  readonly references: ReferencePolicies;
  readonly single: TierMeans;
  /** Whether the best single tier is certified by itself. */
  readonly singleIsCertified: boolean;
  /** Pass rate the task is held to. */
  readonly target: number;
  /** Tiers to which the profiled policy sends anything. */
  readonly used: readonly string[];
  /** Tiers of which it is not known what they cost. */
  readonly unpriced: readonly string[];
  readonly classifierUsd: number;
  /** Requests a month from which the saving covers the router; null where none do, absent where it is not known. */
  readonly breakEven?: number | null;
  readonly monthlyRequests?: number;
}

type Recommendation = Pick<Worth, 'recommendation' | 'why'>;

/** So much of the pass rate may be lost and still count as the same, where chance is allowed for. */
const TOLERANCE = 0.02;

/**
 * To route, or which tier to use instead. Routing has to be cheaper than the best single tier beyond chance and as good, or
 * better beyond chance where no single tier is good enough. Cheaper counts the router's own bill, at the volume there is.
 */
export function recommend(found: Found): Recommendation {
  const { references, single, target, used, unpriced, classifierUsd } = found;
  const { routed, difference } = references;
  if (used.length === 1) return useSingle(found, `routing would send every request to ${used.join()}`);
  if (!(single.quality < target && difference.interval.quality.low > 0)) {
    const { costUsd } = difference.interval;
    if (costUsd === null)
      return {
        recommendation: 'not-enough-rows',
        why: `what ${unpriced.join(' and ')} ${unpriced.length === 1 ? 'costs' : 'cost'} is not known, so nothing can be said`,
      };
    if (costUsd.high + classifierUsd >= 0 || !isAsGood(found)) return useSingle(found, shortfall(found));
    const unpaid = routerUnpaid(found);
    if (unpaid !== undefined) return useSingle(found, unpaid);
  }
  const why =
    `routing passes ${passesAt(routed.quality, routed.costUsd, classifierUsd)} a request; the best single tier, ` +
    `${single.tier}, passes ${passesAt(single.quality, single.costUsd)}`;
  return { recommendation: 'route', why };
}

/** Why the saving does not cover the router's own bill; undefined where it does, or nobody has said how much traffic there is. */
function routerUnpaid({ breakEven, monthlyRequests }: Found): string | undefined {
  if (breakEven === null) return "the router's own bill for a request is more than routing saves on it";
  if (breakEven === undefined || monthlyRequests === undefined || monthlyRequests >= breakEven) return undefined;
  return (
    `the saving covers the router's own bill from ${whole(breakEven)} requests a month on, ` +
    `and there are ${whole(monthlyRequests)}`
  );
}

function useSingle({ single, singleIsCertified }: Found, because: string): Recommendation {
  const { tier, quality, costUsd } = single;
  const use = `do not route, use ${tier}, which passes ${passesAt(quality, costUsd)} a request`;
  const but = singleIsCertified ? '' : ' and is not certified';
  return { recommendation: 'single-tier', why: `${use}${but}: ${because}` };
}

/** `95 % at $0.001`. */
function passesAt(quality: number, costUsd: number | null, classifierUsd = 0): string {
  return `${shortPercent(quality, 1)} at ${costUsd === null ? 'an unknown cost' : usd(costUsd + classifierUsd)}`;
}

function isAsGood({ references: { routed, difference }, target }: Found): boolean {
  return routed.quality >= target || difference.quality >= 0 || difference.interval.quality.low >= -TOLERANCE;
}

function shortfall(found: Found): string {
  const { references, classifierUsd } = found;
  const { routed, difference } = references;
  const seen = `routing passes ${passesAt(routed.quality, routed.costUsd, classifierUsd)}`;
  if ((difference.costUsd ?? 0) + classifierUsd >= 0) return `${seen}, which is not cheaper`;
  return isAsGood(found) ? `${seen}, which is not cheaper beyond chance` : `${seen}, which is not as good`;
}
