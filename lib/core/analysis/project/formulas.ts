/** The arithmetic of a bill, one formula at a time. Amounts are in USD, shares from 0 to 1, prices per million tokens. */

const SECONDS_PER_HOUR = 3600;
const TOKENS_PER_PRICE = 1_000_000;
/** Standard deviations above the mean below which 95 % of a normal distribution lies. */
const Z_95 = 1.6449;

/** What a share of the requests costs for each of them. */
export interface Part {
  readonly share: number;
  readonly usd: number;
}

/** The shares are taken as given and should make 1. */
export function monthUsd(requests: number, parts: readonly Part[]): number {
  return requests * parts.reduce((sum, { share, usd }) => sum + share * usd, 0);
}

export interface Saving {
  readonly usd: number;
  /** Of what it would have cost; 0 where that is nothing. */
  readonly share: number;
}

export function savingOf(beforeUsd: number, afterUsd: number): Saving {
  const usd = beforeUsd - afterUsd;
  return { usd, share: beforeUsd === 0 ? 0 : usd / beforeUsd };
}

/** What is left of a revenue, as a share of it. */
export function marginOf(revenueUsd: number, costUsd: number): number {
  return (revenueUsd - costUsd) / revenueUsd;
}

/** What GPUs cost is a matter of hours, whether or not anything is asked of them. */
export function gpuUsd(hourlyUsd: number, replicaHours: number): number {
  return hourlyUsd * replicaHours;
}

export function tokensServed(tokensPerSecond: number, replicaHours: number): number {
  return tokensPerSecond * SECONDS_PER_HOUR * replicaHours;
}

/** Tokens a second, round the clock, above which a GPU by the hour is cheaper than the same tokens at this price. */
export function breakEvenTokensPerSecond(hourlyUsd: number, usdPerMillion: number): number {
  return hourlyUsd / SECONDS_PER_HOUR / (usdPerMillion / TOKENS_PER_PRICE);
}

export function usdPerMillion(usd: number, tokens: number): number {
  return tokens === 0 ? 0 : (usd / tokens) * TOKENS_PER_PRICE;
}

/** One task's way through a ladder of two: everything pays for the cheap try, what fails pays for the frontier as well. */
export interface Cascade {
  /** Choosing where to begin. */
  readonly classifierUsd: number;
  readonly cheapUsd: number;
  /** Checking the cheap answer. */
  readonly verifierUsd: number;
  readonly frontierUsd: number;
}

/** A cascade pays only while it escalates less than this; at 0 or below it never does. */
export function breakEvenEscalationShare({ classifierUsd, cheapUsd, verifierUsd, frontierUsd }: Cascade): number {
  return 1 - (classifierUsd + cheapUsd + verifierUsd) / frontierUsd;
}

export function cascadeUsd(cascade: Cascade, escalationShare: number): number {
  const { classifierUsd, cheapUsd, verifierUsd, frontierUsd } = cascade;
  return classifierUsd + cheapUsd + verifierUsd + escalationShare * frontierUsd;
}

/** How many times cheaper than the frontier alone. */
export function savingFactor(cascade: Cascade, escalationShare: number): number {
  return cascade.frontierUsd / cascadeUsd(cascade, escalationShare);
}

/** The variables of the bill: shares of the requests, and USD for each of them. R + S + F = 1. */
export interface Variables {
  /** Requests in the month. */
  readonly V: number;
  /** Share answered by rented tiers below the frontier, and what such a request costs. */
  readonly R: number;
  readonly C_r: number;
  /** Share answered by models of one's own, and what such a request costs, idle hours included. */
  readonly S: number;
  readonly O: number;
  /** Share answered by the frontier, and what such a request costs, the cheaper tries before it included. */
  readonly F: number;
  readonly C_f: number;
}

export function effectiveMonthlyUsd({ V, R, C_r, S, O, F, C_f }: Variables): number {
  return monthUsd(V, [
    { share: R, usd: C_r },
    { share: S, usd: O },
    { share: F, usd: C_f },
  ]);
}

/** The form found in articles. V multiplies only the first term, so it adds USD a month to USD a request. */
export function asFoundInArticles({ V, R, C_r, S, O, F, C_f }: Variables): number {
  return V * R * C_r + S * O + F * C_f;
}

/** Months until what was built has paid for itself; null where it never does. */
export function payBackMonths(buildUsd: number, monthlyNetUsd: number): number | null {
  if (buildUsd === 0 && monthlyNetUsd >= 0) return 0;
  return monthlyNetUsd > 0 ? buildUsd / monthlyNetUsd : null;
}

/** Mean of a latency known by two of its quantiles, taken as log-normal: longer than the median by the tail's weight. */
export function meanLatencyMs({ p50, p95 }: { readonly p50: number; readonly p95: number }): number {
  if (p50 <= 0 || p95 <= p50) return p50;
  const sigma = Math.log(p95 / p50) / Z_95;
  return p50 * Math.exp((sigma * sigma) / 2);
}
