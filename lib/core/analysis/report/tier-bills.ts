import { ownValue } from '../../telemetry/own-value';
import type { Rollup } from '../../telemetry/rollup/rollup';
import { billPace, type TierPace } from '../../telemetry/watch/bill';
import type { GpuHours } from '../../telemetry/watch/nouns';
import type { Policy } from '../../types-policy';

/** One tier's bill beside what the projection says of the same stretch of time. */
export interface TierBill {
  readonly tier: string;
  /** Idle GPUs included. */
  readonly actualUsd: number;
  /** The projected month's share by now; null for a tier that the projection does not know. */
  readonly expectedUsd: number | null;
  readonly projectedMonthUsd: number | null;
  /** Actual over expected, less 1; null where nothing is expected. */
  readonly deviation: number | null;
  /** How much of the deviation chance alone may make. */
  readonly noise: number;
  /** Beyond `alarms.billAbove` and beyond chance, and which way. */
  readonly off: 'above' | 'below' | null;
}

export interface BillPeriod {
  readonly rollup: Rollup;
  readonly fromMs: number;
  readonly atMs: number;
  readonly gpuHours?: GpuHours | undefined;
}

export type MonthlyUsdPerTier = Readonly<Record<string, number>>;

/** `perTier`: USD a month. Tiers come in the order of the policy. */
export function tierBills(policy: Policy, perTier: MonthlyUsdPerTier, period: BillPeriod): TierBill[] {
  const paces = billPace({ ...policy, projection: { ...policy.projection, perTier } }, period);
  const expectedTotalUsd = paces.reduce((sum, { expectedUsd = 0 }) => sum + expectedUsd, 0);
  return paces.map((pace) => ({
    tier: pace.tier,
    actualUsd: pace.actualUsd,
    expectedUsd: pace.expectedUsd ?? null,
    projectedMonthUsd: ownValue(perTier, pace.tier) ?? null,
    deviation: pace.deviation ?? null,
    noise: pace.noise,
    off: offOf(pace, expectedTotalUsd, policy.alarms.billAbove),
  }));
}

/** What was not to cost anything is held against the whole bill. */
function offOf({ actualUsd, deviation, noise }: TierPace, expectedTotalUsd: number, limit: number): TierBill['off'] {
  if (deviation === undefined) return actualUsd > limit * expectedTotalUsd ? 'above' : null;
  if (Math.abs(deviation) - noise <= limit) return null;
  return deviation > 0 ? 'above' : 'below';
}
