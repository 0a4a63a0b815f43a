import { SETTLE_MS } from '../../../lambda/shared/store/attribution-port';
import { ceilTo, floorTo } from '../../../lambda/watch/stretches';
import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { ASKED_AGAIN_MS } from '../../../lib/core/telemetry/asked-again';

/** A request that was let in a moment ago may go on for as long. */
const UNDER_WAY_MS = 15 * MINUTE_MS;

/**
 * What came before this moment no sum is made of again. After a long outage the hour that was under way is added up once
 * more, from its records, and among those of the ten minutes before it are the questions that it asks again.
 */
export function settledBeforeMs(throughMs: number): number {
  return floorTo(HOUR_MS, throughMs) - ASKED_AGAIN_MS;
}

/** How far records can be added up at a moment. */
export function completeAtMs(nowMs: number): number {
  return floorTo(MINUTE_MS, nowMs - SETTLE_MS);
}

/** When what came in the minute that begins at `lastMs` can be taken out. */
export function settledAtMs(lastMs: number): number {
  return ceilTo(HOUR_MS, lastMs + MINUTE_MS + ASKED_AGAIN_MS) + SETTLE_MS;
}

/** When whatever requests under way at a moment leave behind can be. */
export function quietAtMs(nowMs: number): number {
  return settledAtMs(floorTo(MINUTE_MS, nowMs + UNDER_WAY_MS));
}
