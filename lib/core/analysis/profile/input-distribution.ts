import { sharesBetween } from '../../telemetry/population-stability';
import { ascendingValues, quantile } from '../statistics/quantile';

export interface Distribution {
  /** Ascending; the bins lie below the first, between two, and above the last. */
  readonly edges: readonly number[];
  /** Of each bin; one more than edges. */
  readonly shares: readonly number[];
}

/** Dimensions are numbers from 0 to 10. */
const MOST = 10;
const MOST_BINS = 10;
/** With fewer in a bin, chance alone would look like drift. */
const LEAST_IN_BIN = 20;
/** How far outside what was seen a value begins to be of another kind. */
const MARGIN = 0.5;

/**
 * How a dimension is distributed over a sample: bins of equal share, up to ten, and one bin on either side for what the
 * sample did not hold, so that a dimension which was always the same is seen to move.
 */
export function inputDistribution(values: readonly number[]): Distribution {
  const ascending = ascendingValues(values);
  const [least, most] = [ascending[0], ascending[ascending.length - 1]];
  if (least === undefined || most === undefined) return { edges: [], shares: [] };
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(values.length / LEAST_IN_BIN)));
  const inner = Array.from({ length: bins - 1 }, (_, index) => quantile(ascending, (index + 1) / bins));
  const edges = [least - MARGIN, ...inner.filter((edge) => edge < most), most + MARGIN];
  const distinct = [...new Set(edges)].filter((edge) => edge >= 0 && edge < MOST);
  return { edges: distinct, shares: sharesBetween(values, distinct) };
}
