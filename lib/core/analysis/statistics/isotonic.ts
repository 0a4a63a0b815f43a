/** A monotone curve as plain arrays: `ys` at ascending `xs`, straight lines between, level beyond both ends. */
export interface IsotonicFit {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  /** Default 1. */
  readonly weight?: number;
}

interface Block {
  readonly from: number;
  to: number;
  /** Weighted mean of the block's `y`. */
  y: number;
  weight: number;
}

/** The monotone curve nearest to the points in weighted squares, by pooling adjacent violators. */
export function fitIsotonic(points: readonly WeightedPoint[], direction: 'rising' | 'falling'): IsotonicFit {
  const sign = direction === 'rising' ? 1 : -1;
  const blocks: Block[] = [];
  for (const { x, y, weight } of distinct(points)) {
    let block: Block = { from: x, to: x, y, weight };
    for (let last = blocks.at(-1); last && sign * (last.y - block.y) >= 0; last = blocks.at(-1)) {
      block = pooled(last, block);
      blocks.pop();
    }
    blocks.push(block);
  }
  const corners = blocks.flatMap(({ from, to, y }) =>
    from === to
      ? [{ x: from, y }]
      : [
          { x: from, y },
          { x: to, y },
        ],
  );
  return { xs: corners.map(({ x }) => x), ys: corners.map(({ y }) => y) };
}

function pooled(left: Block, right: Block): Block {
  const weight = left.weight + right.weight;
  return { from: left.from, to: right.to, y: (left.y * left.weight + right.y * right.weight) / weight, weight };
}

/** Ascending by `x`, one point for each value of it. */
function distinct(points: readonly WeightedPoint[]): Required<WeightedPoint>[] {
  const merged: { x: number; y: number; weight: number }[] = [];
  for (const { x, y, weight = 1 } of [...points].sort((left, right) => left.x - right.x)) {
    if (!(weight > 0)) continue;
    const last = merged.at(-1);
    if (last?.x !== x) merged.push({ x, y, weight });
    else {
      last.y = (last.y * last.weight + y * weight) / (last.weight + weight);
      last.weight += weight;
    }
  }
  return merged;
}

/** The curve's value; NaN where it was fitted to nothing. */
export function evaluateIsotonic({ xs, ys }: IsotonicFit, x: number): number {
  const last = xs.length - 1;
  if (last < 0) return Number.NaN;
  if (x <= (xs[0] as number)) return ys[0] as number;
  if (x >= (xs[last] as number)) return ys[last] as number;
  let left = 0;
  let right = last;
  while (right - left > 1) {
    const middle = (left + right) >> 1;
    if ((xs[middle] as number) <= x) left = middle;
    else right = middle;
  }
  const [x0, x1, y0, y1] = [xs[left], xs[right], ys[left], ys[right]] as [number, number, number, number];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
