/** Observations before there is a mean: a first call pays for connections and cold caches. */
const FIRST = 3;
/** Weight of the newest. */
const WEIGHT = 0.1;
/** One observation counts as at most so many times the mean, or so small a part of it. */
const MOST_TIMES = 4;

/** A mean that follows what it is told slowly, begins with the median of the first three, and is not thrown by outliers. */
export class SteadyMean {
  private first: number[] = [];
  private mean: number | undefined;

  get value(): number | undefined {
    return this.mean;
  }

  add(observed: number): void {
    if (!Number.isFinite(observed) || observed <= 0) return;
    if (this.mean !== undefined) {
      const bounded = Math.min(MOST_TIMES * this.mean, Math.max(this.mean / MOST_TIMES, observed));
      this.mean += WEIGHT * (bounded - this.mean);
      return;
    }
    this.first.push(observed);
    if (this.first.length < FIRST) return;
    this.mean = this.first.sort((a, b) => a - b)[1] as number;
    this.first = [];
  }
}
