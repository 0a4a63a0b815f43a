export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard errors by which something must differ to count: judged every five minutes, less would cry wolf within days. */
export const STANDARD_ERRORS = 4;

/** Wilson's score interval of a rate, so many standard errors to either side. `events` may not be more than `n`. */
export function wilson(events: number, n: number, standardErrors = STANDARD_ERRORS): Interval {
  if (n <= 0) return { low: 0, high: 1 };
  const rate = events / n;
  const square = standardErrors ** 2;
  const centre = rate + square / (2 * n);
  const half = standardErrors * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n ** 2));
  const scale = 1 + square / n;
  // Rounding may push a bound that is 0 or 1 past it.
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/**
 * Whether the likelihood ratio of the rate against a bound says, too, that they lie so many standard errors apart. With
 * few events a binomial is skewed and Wilson's bound is passed several times oftener than a normal's; windows that overlap
 * repeat such a chance from one evaluation to the next, so that two running do not weed it out.
 */
export function isFarFrom(events: number, n: number, bound: number, standardErrors = STANDARD_ERRORS): boolean {
  const rate = events / n;
  return 2 * n * (divergence(rate, bound) + divergence(1 - rate, 1 - bound)) > standardErrors ** 2;
}

function divergence(share: number, from: number): number {
  return share === 0 ? 0 : share * Math.log(share / from);
}
