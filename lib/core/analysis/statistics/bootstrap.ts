import type { Bounds } from '../../exact-bounds';
import { ascendingValues, quantile } from './quantile';

export interface BootstrapOptions {
  readonly random: () => number;
  /** Samples drawn. Default 1,000. */
  readonly resamples?: number;
  /** Share of the samples an interval holds, the rest left out at both ends alike. Default 0.95. */
  readonly confidence?: number;
}

/**
 * Percentile intervals of figures made of totals, by drawing whole groups with replacement: rows of one group are not
 * independent, so they come and go together. Each group is given as its sums, and `figures` makes of the sums of all what
 * is wanted (means, ratios, the best of several), so that it runs once a sample.
 */
export function bootstrapTotals(
  groups: readonly (readonly number[])[],
  figures: (totals: readonly number[]) => readonly number[],
  { random, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): Bounds[] {
  const width = groups[0]?.length ?? 0;
  const totals = new Array<number>(width).fill(0);
  const drawn: number[][] = [];
  for (let sample = 0; sample < resamples; sample++) {
    totals.fill(0);
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[Math.floor(random() * groups.length)] as readonly number[];
      for (let index = 0; index < width; index++) totals[index] = (totals[index] as number) + (group[index] as number);
    }
    for (const [index, figure] of figures(totals).entries()) {
      drawn[index] ??= [];
      drawn[index].push(figure);
    }
  }
  const tail = (1 - confidence) / 2;
  return drawn.map((values) => {
    const ascending = ascendingValues(values);
    return { low: quantile(ascending, tail), high: quantile(ascending, 1 - tail) };
  });
}
