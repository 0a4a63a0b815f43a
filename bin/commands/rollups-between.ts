import { inBatches } from '../../lambda/shared/store/in-batches';
import type { Store } from '../../lambda/shared/store/port';
import type { Span } from '../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../lambda/shared/store/stretch';
import { countMinute } from '../../lambda/watch/count-minute';
import { ceilTo, floorTo } from '../../lambda/watch/stretches';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/core/durations';
import type { Rollup } from '../../lib/core/telemetry/rollup/rollup';

export interface Period {
  readonly fromMs: number;
  /** Not included. */
  readonly untilMs: number;
}

/** How far the records of a store are added up. */
export interface AddedUp {
  readonly throughMs: number;
  /** When the first of them came. */
  readonly sinceMs: number;
}

/** What was counted: a period may begin before the first request, or so long ago that only hours or days are kept of it. */
export interface Counted extends Period {
  readonly notes: readonly string[];
}

/** Takes one sum, with the beginning of the stretch of time that it is of. */
export type TakeRollup = (from: string, rollup: Rollup) => void;

interface Piece extends Period {
  readonly span: Span;
}

const LENGTH_MS: Readonly<Record<Span, number>> = { day: DAY_MS, hour: HOUR_MS, minute: MINUTE_MS };
const SPANS = ['day', 'hour', 'minute'] as const;
/** How far back minutes and hours can be told apart: a little less than they are kept. */
const MINUTES_BACK_MS = 2.9 * DAY_MS;
const HOURS_BACK_MS = 59 * DAY_MS;
/** Days that are held in memory at once. */
const DAYS_AT_ONCE = 31;
/** Minutes without a sum that are counted here: a watch that is farther behind is a matter of its own. */
const MOST_OPEN = 120;
const OPEN_AT_ONCE = 4;

/**
 * Gives all that came in a period to `take`, as it was added up: by days, at the edges by hours and minutes. What came since
 * is counted from the records, save questions asked again. So it reads a handful of sums, however many records they are of.
 */
export async function rollupsBetween(
  store: Pick<Store, 'attributions' | 'rollups'>,
  { addedUp, ...wanted }: Period & { readonly addedUp: AddedUp | undefined },
  nowMs: number,
  take: TakeRollup,
): Promise<Counted> {
  const fromMs = floorTo(finestMs(wanted.fromMs, nowMs), wanted.fromMs);
  const untilMs = Math.min(nowMs, ceilTo(finestMs(wanted.untilMs, nowMs), wanted.untilMs));
  const throughMs = Math.max(fromMs, addedUp?.throughMs ?? 0);
  for (const { span, ...piece } of piecesOf({ fromMs, untilMs: Math.min(untilMs, throughMs) })) {
    const found = await store.rollups.list(span, stretchAt(span, piece.fromMs), stretchAt(span, piece.untilMs));
    for (const { from, rollup } of found) take(from, rollup);
  }
  const open = openMinutes({ fromMs: throughMs, untilMs });
  await inBatches(open.minutes, OPEN_AT_ONCE, async (minute) => {
    take(minute, (await countMinute(store.attributions, minute)).rollup);
  });
  const beganMs = addedUp === undefined ? open.fromMs : addedUp.sinceMs;
  return { fromMs: Math.min(untilMs, Math.max(fromMs, beganMs)), untilMs, notes: open.notes };
}

/** Length of the shortest stretches that are kept of a moment. */
function finestMs(atMs: number, nowMs: number): number {
  const agoMs = nowMs - atMs;
  return LENGTH_MS[agoMs < MINUTES_BACK_MS ? 'minute' : agoMs < HOURS_BACK_MS ? 'hour' : 'day'];
}

/** Consecutive stretches that are read together, each as long as fits. */
function piecesOf({ fromMs, untilMs }: Period): Piece[] {
  const pieces: Piece[] = [];
  for (let atMs = fromMs; atMs + MINUTE_MS <= untilMs; ) {
    const span = SPANS.find((one) => atMs % LENGTH_MS[one] === 0 && atMs + LENGTH_MS[one] <= untilMs) ?? 'minute';
    const longerMs = span === 'minute' ? HOUR_MS : span === 'hour' ? DAY_MS : undefined;
    const mostMs = longerMs === undefined ? atMs + DAYS_AT_ONCE * DAY_MS : floorTo(longerMs, atMs) + longerMs;
    const endMs = Math.min(floorTo(LENGTH_MS[span], untilMs), mostMs);
    pieces.push({ span, fromMs: atMs, untilMs: endMs });
    atMs = endMs;
  }
  return pieces;
}

/** The newest minutes that are not added up. */
function openMinutes({ fromMs, untilMs }: Period) {
  const count = Math.max(0, Math.ceil((untilMs - fromMs) / MINUTE_MS));
  const firstMs = fromMs + Math.max(0, count - MOST_OPEN) * MINUTE_MS;
  const minutes = Array.from({ length: Math.min(count, MOST_OPEN) }, (_, index) =>
    stretchAt('minute', firstMs + index * MINUTE_MS),
  );
  const missing = `${new Date(fromMs).toISOString()} to ${new Date(firstMs).toISOString()}`;
  return {
    fromMs: firstMs,
    minutes,
    notes:
      count > MOST_OPEN ? [`What came from ${missing} is not added up and is missing here: does the watch run?`] : [],
  };
}
