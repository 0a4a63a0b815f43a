import type { Circumstances, Exclusion, Features } from '../types';
import type { TierState } from '../types-live';
import { untilInTimeMs } from './first-token';

/** Of a switch that nobody has set an end to: a person has to act first, and nobody knows when. */
const UNTIL_SOMEBODY_ACTS_MS = 60_000;

/**
 * Milliseconds until the first of the excluded tiers may take the request: its breaker lets calls through, its limits have
 * room, its queue is short enough for the budget, it is switched on again. Undefined where none of them says.
 */
export function retryAfterMs(
  excluded: readonly Exclusion[],
  { inputTokens }: Features,
  circumstances: Circumstances,
  budgetMs: number | undefined,
): number | undefined {
  let soonestMs: number | undefined;
  for (const exclusion of excluded) {
    const state = own(circumstances.states, exclusion.tier);
    const clearsMs = untilClear(exclusion, state, circumstances);
    if (clearsMs === undefined) continue;
    const inTimeMs = budgetMs === undefined ? 0 : untilInTimeMs(state?.pace, inputTokens, budgetMs);
    soonestMs = Math.min(soonestMs ?? Number.POSITIVE_INFINITY, Math.max(clearsMs, inTimeMs));
  }
  return soonestMs;
}

/** Undefined where waiting does not help, or nobody knows for how long. */
function untilClear(
  { tier, reason, lasting }: Exclusion,
  state: TierState | undefined,
  { switchedOff, nowMs }: Circumstances,
): number | undefined {
  if (lasting) return undefined;
  switch (reason) {
    case 'breaker-open':
      return state?.retryAfterMs;
    case 'queue-full':
    case 'rate-limit':
      return state?.full?.retryAfterMs;
    case 'latency':
      return state && 0;
    case 'disabled': {
      const off = own(switchedOff, tier);
      return off && Math.max(0, off.untilMs === undefined ? UNTIL_SOMEBODY_ACTS_MS : off.untilMs - nowMs);
    }
    default:
      return undefined;
  }
}

function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
