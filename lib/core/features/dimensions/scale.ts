/** The value of a dimension that knows nothing: it argues neither way. */
export const NEITHER = 5;

/** Rises fast, then ever slower, to 10: a few marks say much, many more say little. `mark` amounts to 6.3. */
export function saturating(amount: number, mark: number): number {
  return 10 * (1 - Math.exp(-amount / mark));
}

/** 0 at `least` and below, 10 at `most` and above, even steps for even factors between. */
export function logarithmic(amount: number, least: number, most: number): number {
  if (!(amount > least)) return 0;
  return Math.min(10, (10 * Math.log(amount / least)) / Math.log(most / least));
}

export function clamped(value: number): number {
  return Math.max(0, Math.min(10, value));
}
