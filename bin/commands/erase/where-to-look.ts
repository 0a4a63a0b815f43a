import type { RollupStore } from '../../../lambda/shared/store/rollup-port';
import { ceilTo, floorTo } from '../../../lambda/watch/stretches';
import { DAY_MS, MINUTE_MS } from '../../../lib/core/durations';
import type { AddedUp, Period } from '../rollups-between';
import { sumsNaming } from './sums-naming';

export interface Search {
  readonly customer: string;
  /** Nothing came before; undefined where nobody knows. */
  readonly oldestMs: number | undefined;
  readonly addedUp: AddedUp | undefined;
  readonly nowMs: number;
  /** Not by the sums: every minute. */
  readonly thorough: boolean;
  /** After so many days the store has let go of a record by itself; absent where it never does, or nobody knows. */
  readonly keptDays?: number | undefined;
}

/** A little less than the sums of hours are kept, and those of days. */
const HOURS_BACK_MS = 59 * DAY_MS;
const DAYS_BACK_MS = 399 * DAY_MS;

/**
 * Where anything of a customer may have come, oldest first: what is added up only in the days and hours whose sums name the
 * customer, for each thing that comes leaves its name there; what is not, and what is older than any sum, everywhere. The sums
 * of a stretch may lose the name only once nothing of the customer is left in it.
 */
export async function whereToLook(rollups: Pick<RollupStore, 'list'>, search: Search): Promise<Period[]> {
  const { addedUp, nowMs, thorough } = search;
  const endMs = floorTo(MINUTE_MS, nowMs) + MINUTE_MS;
  const fromMs = floorTo(MINUTE_MS, Math.min(search.oldestMs ?? endMs, addedUp?.sinceMs ?? endMs));
  if (addedUp === undefined || thorough) return byDay({ fromMs, untilMs: endMs });
  const { sinceMs, throughMs } = addedUp;
  const summedMs = Math.min(throughMs, Math.max(sinceMs, floorTo(DAY_MS, nowMs - DAYS_BACK_MS)));
  const keptMs = floorTo(DAY_MS, nowMs - (search.keptDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
  return [
    ...byDay({ fromMs, untilMs: Math.min(sinceMs, throughMs) }),
    ...byDay({ fromMs: Math.max(sinceMs, keptMs), untilMs: summedMs }),
    ...(await named(rollups, search, { fromMs: summedMs, untilMs: throughMs })),
    ...byDay({ fromMs: throughMs, untilMs: endMs }),
  ];
}

async function named(
  rollups: Pick<RollupStore, 'list'>,
  { customer, nowMs }: Search,
  covered: Period,
): Promise<Period[]> {
  const names = { customers: new Set([customer]), keys: new Set<string>() };
  const found: Period[] = [];
  for await (const day of sumsNaming(rollups, 'day', covered, names)) {
    if (nowMs - day.fromMs > HOURS_BACK_MS) found.push(within(day, covered));
    else {
      for await (const hour of sumsNaming(rollups, 'hour', within(day, covered), names)) {
        found.push(within(hour, covered));
      }
    }
  }
  return found;
}

function within({ fromMs, untilMs }: Period, bounds: Period): Period {
  return { fromMs: Math.max(fromMs, bounds.fromMs), untilMs: Math.min(untilMs, bounds.untilMs) };
}

/** In pieces that progress can be told by. */
function byDay({ fromMs, untilMs }: Period): Period[] {
  const days: Period[] = [];
  for (let atMs = fromMs; atMs < untilMs; ) {
    const endMs = Math.min(untilMs, ceilTo(DAY_MS, atMs + 1));
    days.push({ fromMs: atMs, untilMs: endMs });
    atMs = endMs;
  }
  return days;
}
