import { binomialAtLeast, binomialDensity } from './binomial';

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Exact (Clopper-Pearson) bounds of a rate of which `passes` of `n` were seen. Each is one-sided: the true rate lies below
 * `low`, or above `high`, with a chance of at most 1 - confidence. Both at once hold at 2 x confidence - 1.
 */
export function exactBounds(passes: number, n: number, confidence: number): Bounds {
  if (!Number.isInteger(passes) || !Number.isInteger(n) || passes < 0 || passes > n)
    throw new RangeError(`passes must be a whole number from 0 to n; given ${passes} of ${n}`);
  assertShare('confidence', confidence);
  return { low: lowerBound(passes, n, 1 - confidence), high: 1 - lowerBound(n - passes, n, 1 - confidence) };
}

export function assertShare(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${name} must lie between 0 and 1; given ${value}`);
}

const MOST_STEPS = 100;

/** The rate at which so many events or more have the chance `level`: Newton's steps on its logarithm, within a bracket. */
function lowerBound(events: number, n: number, level: number): number {
  if (events === 0) return 0;
  if (events === n) return Math.exp(Math.log(level) / n);
  let below = 0;
  let above = 1;
  let rate = start(events, n, level);
  for (let step = 0; step < MOST_STEPS; step++) {
    const tail = binomialAtLeast(events, n, rate);
    if (tail > level) above = rate;
    else below = rate;
    const slope = (events / rate) * binomialDensity(events, n, rate);
    const newton = rate + (tail * (Math.log(level) - Math.log(tail))) / slope;
    const next = newton > below && newton < above ? newton : (below + above) / 2;
    if (Math.abs(next - rate) <= 1e-15 * rate) return next;
    rate = next;
  }
  return rate;
}

/** Near the bound, by the normal approximation of the score. */
function start(events: number, n: number, level: number): number {
  const z = Math.sqrt(-2 * Math.log(Math.min(level, 0.5)));
  const rate = events / n;
  const centre = rate + (z * z) / (2 * n);
  const spread = z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return Math.max((centre - spread) / (1 + (z * z) / n), Number.EPSILON);
}
