import { DAY_MS, HOUR_MS, MONTH } from '../../durations';
import { signedPercent, usdInCents } from '../../figures';
import type { Policy } from '../../types-policy';
import { ownValue } from '../own-value';
import type { Rollup } from '../rollup/rollup';
import { NO_SUMS } from '../rollup/sums';
import { bookedUsd, gpuIdleUsd } from './gpu-idle';
import type { Finding, GpuHours, Reading, WatchInput } from './nouns';
import { reading, type Told } from './told';
import { STANDARD_ERRORS } from './wilson';

/** One tier's bill so far, beside what the projection says it should be by now. */
export interface TierPace {
  readonly tier: string;
  readonly actualUsd: number;
  /** Undefined for a tier that the projection does not know. */
  readonly expectedUsd: number | undefined;
  /** Actual over expected, less 1; undefined where nothing is expected. */
  readonly deviation: number | undefined;
  /** How much of the deviation chance alone may make. */
  readonly noise: number;
}

export interface MonthSoFar {
  readonly rollup: Rollup;
  readonly fromMs: number;
  readonly atMs: number;
  readonly gpuHours?: GpuHours | undefined;
}

/**
 * The bill of each tier against its projection, paced by the shape of the day where the policy gives one. The variance of
 * a sum of calls that come at random is the sum of their squares.
 */
export function billPace(policy: Policy, { rollup, fromMs, atMs, gpuHours }: MonthSoFar): TierPace[] {
  const perTier = policy.projection?.perTier ?? {};
  const share = monthShare(fromMs, atMs, policy.traffic?.hourly ?? []);
  const idle = gpuIdleUsd(rollup, policy, { hours: (atMs - fromMs) / HOUR_MS, atMs, gpuHours });
  return Object.keys(policy.tiers).map((tier) => {
    const projected = ownValue(perTier, tier);
    const expectedUsd = projected === undefined ? undefined : projected * share;
    const actualUsd = bookedUsd(rollup, tier) + (idle[tier] ?? 0);
    const { costUsdSquares } = ownValue(rollup.by.tier, tier) ?? NO_SUMS;
    const isExpected = expectedUsd !== undefined && expectedUsd > 0;
    return {
      tier,
      actualUsd,
      expectedUsd,
      deviation: isExpected ? actualUsd / expectedUsd - 1 : undefined,
      noise: isExpected ? (STANDARD_ERRORS * Math.sqrt(costUsdSquares)) / expectedUsd : 0,
    };
  });
}

/** Share of a month's traffic that has come between two moments; `hourly` is the shape of a day in UTC, or empty. */
export function monthShare(fromMs: number, untilMs: number, hourly: readonly number[]): number {
  const total = hourly.reduce((sum, weight) => sum + weight, 0);
  const isShaped = hourly.length === 24 && total > 0;
  let days = 0;
  for (let startMs = fromMs; startMs < untilMs; ) {
    const hour = Math.floor(startMs / HOUR_MS);
    const endMs = Math.min(untilMs, (hour + 1) * HOUR_MS);
    const weight = isShaped ? (hourly[hour % 24] as number) / total : 1 / 24;
    days += weight * ((endMs - startMs) / HOUR_MS);
    startMs = endMs;
  }
  return days / MONTH.days;
}

/** Nothing is said of a month that is not a day old. */
export function bill({ policy, month, atMs, infrastructure }: WatchInput): Told {
  if (month === undefined || atMs - month.fromMs < DAY_MS) return {};
  const paces = billPace(policy, { ...month, atMs, gpuHours: infrastructure.gpuHours?.month });
  const expectedUsd = paces.reduce((sum, pace) => sum + (pace.expectedUsd ?? 0), 0);
  if (expectedUsd === 0) return {};
  const { billAbove } = policy.alarms;
  const readings = paces.flatMap(({ tier, deviation, noise }): Reading[] =>
    deviation === undefined ? [] : reading('BillDeviation', beyond(deviation, noise), { tier }),
  );
  return {
    readings,
    findings: paces.flatMap((pace): Finding[] => {
      const isAbove =
        pace.deviation === undefined
          ? pace.actualUsd > billAbove * expectedUsd
          : beyond(pace.deviation, pace.noise) > billAbove;
      return isAbove ? [{ tier: pace.tier, signal: 'BillDeviation', kind: 'above', text: textOf(pace) }] : [];
    }),
  };
}

/** What is left of a deviation, either way, once noise is taken off. */
function beyond(deviation: number, noise: number): number {
  return Math.sign(deviation) * Math.max(0, Math.abs(deviation) - noise);
}

function textOf({ actualUsd, expectedUsd, deviation }: TierPace): string {
  if (expectedUsd === undefined || deviation === undefined)
    return `${usdInCents(actualUsd)} so far this month, where the projection has nothing`;
  return `${usdInCents(actualUsd)} so far this month, ${usdInCents(expectedUsd)} by the projection (${signedPercent(deviation)})`;
}
