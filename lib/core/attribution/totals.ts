import type { Trail } from '../types';

/** What all calls of a request cost, failed ones included. */
export function totalCostUsd({ attempts }: Trail): number {
  return attempts.reduce((sum, { costUsd }) => sum + costUsd, 0);
}

/**
 * What the router itself added: attempts follow one another, so it is what they leave of the latency, waiting between
 * retries included. To the microsecond; below that it is the rounding of clocks.
 */
export function overheadMs({ attempts }: Trail, latencyMs: number): number {
  const outsideMs = latencyMs - attempts.reduce((sum, attempt) => sum + attempt.latencyMs, 0);
  return Math.max(0, Math.round(outsideMs * 1000) / 1000);
}
