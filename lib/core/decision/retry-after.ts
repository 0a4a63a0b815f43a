import type { Circumstances, Exclusion, Features } from '../types';
import type { TierState } from '../types-live';
import { untilInTimeMs } from './first-token';

/**
 * Milliseconds until the first of the excluded tiers may take the request: its breaker lets calls through, its limits have
 * room, its queue is short enough for the budget. Undefined where none of them says.
 */
export function retryAfterMs(
  excluded: readonly Exclusion[],
  { inputTokens }: Features,
  { states }: Circumstances,
  budgetMs: number | undefined,
): number | undefined {
  if (states === undefined) return undefined;
  let soonestMs: number | undefined;
  for (const exclusion of excluded) {
    const state = Object.hasOwn(states, exclusion.tier) ? states[exclusion.tier] : undefined;
    const clearsMs = state && untilClear(exclusion, state);
    if (clearsMs === undefined) continue;
    const inTimeMs = budgetMs === undefined ? 0 : untilInTimeMs(state?.pace, inputTokens, budgetMs);
    soonestMs = Math.min(soonestMs ?? Number.POSITIVE_INFINITY, Math.max(clearsMs, inTimeMs));
  }
  return soonestMs;
}

/** Undefined where waiting does not help, or nobody knows for how long. */
function untilClear({ reason }: Exclusion, state: TierState): number | undefined {
  switch (reason) {
    case 'breaker-open':
      return state.retryAfterMs;
    case 'queue-full':
    case 'rate-limit':
      return state.full?.retryAfterMs;
    case 'latency':
      return 0;
    default:
      return undefined;
  }
}
