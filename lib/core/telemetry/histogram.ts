import type { Histogram } from './rollup/rollup';

interface Bar {
  readonly value: number;
  readonly count: number;
}

function barsOf(histogram: Histogram): Bar[] {
  return Object.entries(histogram)
    .map(([value, count]) => ({ value: Number(value), count }))
    .sort((one, other) => one.value - other.value);
}

export function totalOf(histogram: Readonly<Record<string, number>>): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/** Share of each bin, as `sharesBetween` gives it for single values: a value on an edge lies below it. */
export function histogramShares(histogram: Histogram, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  const total = totalOf(histogram);
  for (const { value, count } of barsOf(histogram)) {
    const above = edges.findIndex((edge) => value <= edge);
    const bin = above === -1 ? edges.length : above;
    counts[bin] = (counts[bin] as number) + count;
  }
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** Dimensions are numbers from 0 to 10. */
const MOST = 10;
const MOST_BINS = 10;
/** With fewer in a bin, chance alone would look like drift. */
const LEAST_IN_BIN = 20;
/** How far outside what was seen a value begins to be of another kind. */
const MARGIN = 0.5;

/** Edges of up to ten bins of about equal share, and one bin on either side for what was not seen. */
export function binEdges(histogram: Histogram): number[] {
  const bars = barsOf(histogram);
  const [first, last] = [bars[0], bars[bars.length - 1]];
  if (first === undefined || last === undefined) return [];
  const total = totalOf(histogram);
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(total / LEAST_IN_BIN)));
  const inner = Array.from({ length: bins - 1 }, (_, index) => quantileOf(bars, ((index + 1) / bins) * total));
  const edges = [first.value - MARGIN, ...inner.filter((edge) => edge < last.value), last.value + MARGIN];
  return [...new Set(edges)].filter((edge) => edge >= 0 && edge < MOST);
}

/** The value at or below which so many lie. */
function quantileOf(bars: readonly Bar[], rank: number): number {
  let seen = 0;
  for (const { value, count } of bars) {
    seen += count;
    if (seen >= rank) return value;
  }
  return bars[bars.length - 1]?.value ?? 0;
}
