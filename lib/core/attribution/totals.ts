import type { Consultation, Trail } from '../types';

/** What all attempts of a request cost, failed ones included. */
export function attemptsCostUsd({ attempts }: Trail): number {
  return attempts.reduce((sum, { costUsd }) => sum + costUsd, 0);
}

/** What the routing itself cost: calls that gave the caller no answer. */
export function routingCostUsd({ consultations }: Trail): number {
  return consultations.reduce((sum, { costUsd }) => sum + costUsd, 0);
}

/** Everything the request caused, as the caller is told. */
export function totalCostUsd(trail: Trail): number {
  return attemptsCostUsd(trail) + routingCostUsd(trail);
}

/**
 * What the router itself added: attempts follow one another, so it is what they and the consultations after them leave of
 * the latency, waiting between retries included. To the microsecond; below that it is the rounding of clocks.
 */
export function overheadMs({ attempts, consultations }: Trail, latencyMs: number): number {
  const insideMs = attempts.reduce((sum, attempt) => sum + attempt.latencyMs, 0) + consultedMs(consultations);
  return Math.max(0, Math.round((latencyMs - insideMs) * 1000) / 1000);
}

/** Asked once the answer has left, so nobody waits for them. */
const AFTERWARDS: ReadonlySet<Consultation['purpose']> = new Set(['control', 'shadow']);

/** Consultations run side by side: time that several take counts once. */
function consultedMs(consultations: Trail['consultations']): number {
  if (consultations.length === 0) return 0;
  const awaited = consultations.filter(({ purpose }) => !AFTERWARDS.has(purpose));
  let unionMs = 0;
  let coveredToMs = Number.NEGATIVE_INFINITY;
  for (const { startedAtMs, latencyMs } of awaited.sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    const endMs = startedAtMs + latencyMs;
    unionMs += Math.max(0, endMs - Math.max(startedAtMs, coveredToMs));
    coveredToMs = Math.max(coveredToMs, endMs);
  }
  return unionMs;
}
