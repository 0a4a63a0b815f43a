import { MONTH } from '../../durations';
import { ownValue } from '../../telemetry/own-value';
import type { Sums } from '../../telemetry/rollup/sums';
import { NO_SUMS } from '../../telemetry/rollup/sums';
import { billedUsd } from './figures';

/** What a customer brings in, less what his requests cost. */
export interface Margin {
  readonly customer: string;
  readonly requests: number;
  /** Of the period; null for a customer that nobody gave a revenue for. */
  readonly revenueUsd: number | null;
  readonly costUsd: number;
  readonly marginUsd: number | null;
  /** Of the revenue; null where there is none. */
  readonly marginShare: number | null;
  readonly isNegative: boolean;
}

/** Those that cost more than they bring first, the worst of them at the top; unknown revenues last. */
export function marginsOf(
  customers: Readonly<Record<string, Sums>>,
  usdPerMonth: ReadonlyMap<string, number>,
  hours: number,
): Margin[] {
  const names = new Set([...Object.keys(customers), ...usdPerMonth.keys()]);
  return [...names].map((customer) => marginOf(customer, customers, usdPerMonth.get(customer), hours)).sort(compare);
}

function marginOf(
  customer: string,
  customers: Readonly<Record<string, Sums>>,
  usdPerMonth: number | undefined,
  hours: number,
): Margin {
  const sums = ownValue(customers, customer) ?? NO_SUMS;
  const costUsd = billedUsd(sums);
  const common = { customer, requests: sums.requests, costUsd };
  if (usdPerMonth === undefined)
    return { ...common, revenueUsd: null, marginUsd: null, marginShare: null, isNegative: false };
  const revenueUsd = (usdPerMonth * hours) / MONTH.hours;
  const marginUsd = revenueUsd - costUsd;
  return {
    ...common,
    revenueUsd,
    marginUsd,
    marginShare: revenueUsd > 0 ? marginUsd / revenueUsd : null,
    isNegative: marginUsd < 0,
  };
}

function compare(one: Margin, other: Margin): number {
  const known = Number(one.marginUsd === null) - Number(other.marginUsd === null);
  const worse = (one.marginUsd ?? -one.costUsd) - (other.marginUsd ?? -other.costUsd);
  return known || worse || (one.customer < other.customer ? -1 : 1);
}
