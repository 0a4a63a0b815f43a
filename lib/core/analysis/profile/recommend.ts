import { plainDecimal } from '../../response/plain-decimal';
import type { Worth } from './profile-document';
import type { ReferencePolicies } from './reference-policies';
import { percent } from './refusal';
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
  readonly classifierUsd: number;
  /** Requests a month from which the saving covers the router; null where none do. */
  readonly breakEven: number | null;
  readonly monthlyRequests?: number;
}

type Recommendation = Pick<Worth, 'recommendation' | 'why'>;

/** So much of the pass rate may be lost and still count as the same, where chance is allowed for. */
const TOLERANCE = 0.02;

/**
 * To route, or which tier to use instead. Routing has to be cheaper than the best single tier beyond chance and as good, or
 * better beyond chance where no single tier is good enough.
 */
export function recommend(found: Found): Recommendation {
  const { references, single, target, used, classifierUsd, breakEven, monthlyRequests } = found;
  const { routed, difference } = references;
  if (used.length === 1) return useSingle(found, `routing would send every request to ${used.join()}`);
  const cheaper = difference.interval.costUsd.high + classifierUsd < 0;
  const better = single.quality < target && difference.interval.quality.low > 0;
  if (!better && !(cheaper && isAsGood(found))) return useSingle(found, shortfall(found));
  if (!better && monthlyRequests !== undefined && (breakEven === null || monthlyRequests < breakEven))
    return useSingle(
      found,
      `the saving covers the router's own bill from ${breakEven} requests a month on, and there are ${monthlyRequests}`,
    );
  const why =
    `routing passes ${percent(routed.quality)} at ${usd(routed.costUsd + classifierUsd)} a request; the best single tier, ` +
    `${single.tier}, passes ${percent(single.quality)} at ${usd(single.costUsd)}`;
  return { recommendation: 'route', why };
}

function useSingle({ single, singleIsCertified }: Found, because: string): Recommendation {
  const { tier, quality, costUsd } = single;
  const use = `do not route, use ${tier}, which passes ${percent(quality)} at ${usd(costUsd)} a request`;
  const but = singleIsCertified ? '' : ' and is not certified';
  return { recommendation: 'single-tier', why: `${use}${but}: ${because}` };
}

function isAsGood({ references: { routed, difference }, target }: Found): boolean {
  return routed.quality >= target || difference.quality >= 0 || difference.interval.quality.low >= -TOLERANCE;
}

function shortfall(found: Found): string {
  const { references, classifierUsd } = found;
  const { routed, difference } = references;
  const seen = `routing passes ${percent(routed.quality)} at ${usd(routed.costUsd + classifierUsd)}`;
  if (difference.costUsd + classifierUsd >= 0) return `${seen}, which is not cheaper`;
  return isAsGood(found) ? `${seen}, which is not cheaper beyond chance` : `${seen}, which is not as good`;
}

function usd(amount: number): string {
  return `$${plainDecimal(Number(amount.toPrecision(3)))}`;
}
