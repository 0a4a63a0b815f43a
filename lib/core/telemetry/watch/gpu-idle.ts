import { priceInForce } from '../../price-in-force';
import type { Policy, Tier } from '../../types-policy';
import { ownValue } from '../own-value';
import type { Rollup } from '../rollup/rollup';
import { NO_SUMS } from '../rollup/sums';
import type { GpuHours } from './nouns';

/** A stretch of time that a rollup covers. */
export interface Stretch {
  readonly hours: number;
  /** Its end, UTC milliseconds: prices have dates. */
  readonly atMs: number;
  readonly gpuHours?: GpuHours | undefined;
}

/** What was booked for a tier: attempts, and consultations. */
export function bookedUsd(rollup: Rollup, tier: string): number {
  const { costUsd, routingCostUsd } = ownValue(rollup.by.tier, tier) ?? NO_SUMS;
  return costUsd + routingCostUsd;
}

/**
 * By tier on GPUs: what its hours cost less what calls have booked. With measured hours the two make the true bill, so it
 * may be negative, where calls were booked dearer than the hours were. Without them no more is known than that `gpu.min`
 * replicas ran, 1 where the policy does not say, and that more run only while they have work.
 */
export function gpuIdleUsd(rollup: Rollup, policy: Policy, { hours, atMs, gpuHours }: Stretch): Record<string, number> {
  const idle: Record<string, number> = {};
  for (const tier of Object.values(policy.tiers)) {
    const hourly = hourlyUsd(tier, atMs);
    if (hourly === undefined) continue;
    const measured = ownValue(gpuHours, tier.id);
    const booked = bookedUsd(rollup, tier.id);
    idle[tier.id] =
      measured === undefined ? Math.max(0, hourly * hours * (tier.gpu?.min ?? 1) - booked) : hourly * measured - booked;
  }
  return idle;
}

/** USD for an hour of one replica; undefined for a tier that is paid by the token. */
function hourlyUsd(tier: Tier, atMs: number): number | undefined {
  const price = priceInForce(tier, atMs);
  return price.kind === 'gpu' ? price.hourly * price.uplift : undefined;
}
