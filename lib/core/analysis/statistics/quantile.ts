/** The value below which the share `share` of the ascending values lies, by straight lines between neighbours; NaN of none. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const last = ascending.length - 1;
  if (last < 0) return Number.NaN;
  const place = Math.min(Math.max(share, 0), 1) * last;
  const below = ascending[Math.floor(place)] as number;
  const above = ascending[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Several quantiles of values in any order. */
export function quantiles(values: readonly number[], shares: readonly number[]): number[] {
  const ascending = ascendingValues(values);
  return shares.map((share) => quantile(ascending, share));
}

/** A sorted copy. */
export function ascendingValues(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
