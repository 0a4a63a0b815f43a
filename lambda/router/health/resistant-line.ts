interface Point {
  readonly x: number;
  readonly y: number;
}

/** y = base + slope * x; neither is negative. */
export interface Line {
  readonly base: number;
  readonly slope: number;
}

/** The newest points count, and no others. */
const WINDOW = 31;
/** Fewer points tell nothing. */
const LEAST = 3;
/** Fewer points tell their middle, and nothing of a slope. */
const LEAST_FOR_SLOPE = 9;
/** Middles of the outer thirds that lie closer together than this, as a ratio, tell nothing of a slope either. */
const LEAST_SPREAD = 1.25;

/**
 * Tukey's resistant line through the newest points: medians of the outer thirds give the slope, the median of what is left
 * the base. A third of the points may be anything at all without moving it far.
 */
export class ResistantLine {
  private points: Point[] = [];
  private known: Line | undefined;

  add(x: number, y: number): void {
    this.points.push({ x, y });
    if (this.points.length > WINDOW) this.points.shift();
    this.known = lineThrough(this.points);
  }

  /** Undefined until there are enough points. */
  get line(): Line | undefined {
    return this.known;
  }

  /** Lets the next points outvote the old ones, which stand for the line until they do. */
  loosen(): void {
    this.points = this.points.slice(1 - LEAST);
  }
}

function lineThrough(points: readonly Point[]): Line | undefined {
  if (points.length < LEAST) return undefined;
  const slope = points.length < LEAST_FOR_SLOPE ? 0 : slopeThrough(points);
  return { slope, base: Math.max(0, median(points.map(({ x, y }) => y - slope * x))) };
}

function slopeThrough(points: readonly Point[]): number {
  const sorted = [...points].sort((first, second) => first.x - second.x);
  const third = Math.floor(sorted.length / 3);
  const left = middleOf(sorted.slice(0, third));
  const right = middleOf(sorted.slice(-third));
  return right.x > LEAST_SPREAD * left.x ? Math.max(0, (right.y - left.y) / (right.x - left.x)) : 0;
}

function middleOf(points: readonly Point[]): Point {
  return { x: median(points.map(({ x }) => x)), y: median(points.map(({ y }) => y)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[sorted.length >> 1] as number;
}
