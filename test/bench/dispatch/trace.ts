import { seededRandom } from '../../../lib/core/analysis/statistics/seeded-random';

/** A request that comes in. */
export interface Arrival {
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface TraceShape {
  readonly seed: number;
  readonly minutes: number;
  /** Requests a second between bursts, and in them. */
  readonly calm: number;
  readonly burst: number;
  /** Each burst begins so long after the one before began, and lasts so long, both in seconds on average. */
  readonly everySeconds: number;
  readonly burstSeconds: number;
}

/** A Poisson process whose rate jumps: calm, then a burst, then calm again. Lengths of prompts and answers are log-normal. */
export function burstyTrace({ seed, minutes, calm, burst, everySeconds, burstSeconds }: TraceShape): Arrival[] {
  const random = seededRandom(seed);
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const tokens = (median: number, spread: number): number =>
    Math.max(4, Math.round(median * Math.exp(spread * normal())));
  const arrivals: Arrival[] = [];
  const endsAtMs = minutes * 60_000;
  let isBurst = false;
  let changesAtMs = 1000 * exponential(everySeconds - burstSeconds);
  for (let atMs = 0; ; ) {
    const nextAtMs = atMs + exponential(1000 / (isBurst ? burst : calm));
    if (nextAtMs >= changesAtMs) {
      // Without memory, a process of another rate begins where this one is left.
      atMs = changesAtMs;
      isBurst = !isBurst;
      changesAtMs += 1000 * exponential(isBurst ? burstSeconds : everySeconds - burstSeconds);
      continue;
    }
    atMs = nextAtMs;
    if (atMs >= endsAtMs) return arrivals;
    arrivals.push({ atMs, inputTokens: tokens(700, 0.7), outputTokens: tokens(120, 0.6) });
  }
}
