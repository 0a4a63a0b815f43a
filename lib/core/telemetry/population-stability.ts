/** Shares below this count as this, so that an empty bin weighs much but not without end. */
const LEAST_SHARE = 0.001;

/** Share of the values in each bin: up to and with the first edge, between edges with the upper one, above the last. */
export function sharesBetween(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value > (edges[bin] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count) => (values.length === 0 ? 0 : count / values.length));
}

/**
 * The population stability index of two distributions over the same bins: the sum of (actual - expected) x
 * ln(actual / expected). 0 says alike; from 0.1 on they differ somewhat, from 0.2 on much.
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length)
    throw new RangeError(`both distributions need the same bins; given ${expected.length} and ${actual.length}`);
  return expected.reduce((sum, share, bin) => {
    const before = Math.max(share, LEAST_SHARE);
    const now = Math.max(actual[bin] as number, LEAST_SHARE);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
}
