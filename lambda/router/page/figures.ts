import { DAY_MS, MINUTE_MS } from '../../../lib/core/durations';
import {
  addFeedback,
  addRecord,
  emptyRollup,
  mergedRollups,
  type Rollup,
} from '../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../lib/core/types';
import type { AttributionStore } from '../../shared/store/attribution-port';
import { SETTLE_MS } from '../../shared/store/attribution-port';
import type { RollupStore, Span } from '../../shared/store/rollup-port';
import { beginningOf, stretchAt } from '../../shared/store/stretch';
import { lastStretches, SPAN_MS } from './stretches';

export interface Stretch {
  readonly from: string;
  /** Without what the page does not draw: customers, features, keys, models, places. */
  readonly rollup: Rollup;
}

/** Everything counted that the page draws. Lists are ascending and end with the stretch that is still open. */
export interface Figures {
  readonly minutes: readonly Stretch[];
  readonly hours: readonly Stretch[];
  readonly days: readonly Stretch[];
  /** Newest first. */
  readonly latest: readonly Attribution[];
  readonly addedUpToMs: number | null;
  readonly live: boolean;
}

export interface FiguresOptions {
  readonly rollups: Pick<RollupStore, 'list'>;
  readonly attributions: Pick<AttributionStore, 'arrived' | 'counted'>;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
}

const MINUTES = 60;
const HOURS = 24;
const DAYS = 30;
/** How late sums are taken to be where nobody says how far they go. */
const LATE_MS = 15 * MINUTE_MS;
/** Minutes back to the beginning of an hour that is not yet added up. */
const MINUTES_READ = MINUTES + LATE_MS / MINUTE_MS;
/** Minutes without a sum that are counted here, from what arrived. */
const MINUTES_COUNTED = 15;
/** Records read of one minute at most: a busier one waits for its sum. */
const MOST_RECORDS = 4000;
const LATEST = 40;
/** How long what the store said is taken for true, unless more has been added up since. */
const FRESH_MS = 60_000;
/** Between two readings of a minute that is still open, and for each record that the last one found. */
const OPEN_MS = 1500;
const OPEN_MS_PER_RECORD = 2;

interface Counted {
  readonly rollup: Rollup;
  readonly latest: readonly Attribution[];
  readonly records: number;
  /** Whether all that arrived was read. */
  readonly whole: boolean;
  /** Whether nothing more can arrive. */
  readonly settled: boolean;
  readonly atMs: number;
}

interface Listed {
  readonly atMs: number;
  readonly throughMs: number | undefined;
  readonly rollups: ReadonlyMap<string, Rollup>;
}

/** Reads what has been added up, and counts the newest minutes itself. What has been read once is kept. */
export class FigureReader {
  private readonly lists = new Map<Span, Listed>();
  private readonly counted = new Map<string, Counted>();

  constructor(private readonly options: FiguresOptions) {}

  /** `throughMs`: every minute before it was added up, as was known before this is called. */
  async read(throughMs?: number): Promise<Figures> {
    const nowMs = this.options.nowMs();
    const [minutes, hours, days] = await Promise.all([
      this.listed('minute', MINUTES_READ, nowMs, throughMs),
      this.listed('hour', 2 * HOURS, nowMs, throughMs),
      this.listed('day', DAYS, nowMs, throughMs),
    ]);
    const counted = await this.count(minutes, nowMs, throughMs);
    const sums = new Map([...minutes, ...[...counted].map(([from, { rollup }]) => [from, rollup] as const)]);
    const completeMs = throughMs ?? nowMs - LATE_MS;
    const hourly = completed('hour', hours, sums, lastStretches('hour', 2 * HOURS, nowMs), completeMs);
    const daily = completed('day', days, hourly, lastStretches('day', DAYS, nowMs), completeMs);
    return {
      minutes: stretches(sums, lastStretches('minute', MINUTES, nowMs)),
      hours: stretches(hourly, lastStretches('hour', HOURS, nowMs)),
      days: stretches(daily, lastStretches('day', DAYS, nowMs)),
      latest: await this.latest(minutes, counted, nowMs),
      addedUpToMs: throughMs ?? null,
      live: [...counted.values()].every(({ whole }) => whole),
    };
  }

  private async listed(
    span: Span,
    count: number,
    nowMs: number,
    throughMs: number | undefined,
  ): Promise<ReadonlyMap<string, Rollup>> {
    const known = this.lists.get(span);
    if (known !== undefined && known.throughMs === throughMs && nowMs - known.atMs < FRESH_MS) return known.rollups;
    const [first = ''] = lastStretches(span, count, nowMs);
    const found = await this.options.rollups.list(span, first, stretchAt(span, nowMs + DAY_MS));
    const rollups = new Map(found.map(({ from, rollup }) => [from, drawn(rollup)]));
    this.lists.set(span, { atMs: nowMs, throughMs, rollups });
    return rollups;
  }

  /** The newest minutes that have no sum yet. One in which nothing came never has one. */
  private async count(
    minutes: ReadonlyMap<string, Rollup>,
    nowMs: number,
    throughMs = 0,
  ): Promise<ReadonlyMap<string, Counted>> {
    const open = lastStretches('minute', MINUTES_COUNTED, nowMs).filter(
      (minute) => !minutes.has(minute) && beginningOf('minute', minute) >= throughMs,
    );
    const counted = await Promise.all(open.map(async (minute) => [minute, await this.countOne(minute)] as const));
    const kept = new Set(lastStretches('minute', MINUTES_READ, nowMs));
    for (const minute of this.counted.keys()) if (!kept.has(minute)) this.counted.delete(minute);
    return new Map(counted);
  }

  private async countOne(minute: string): Promise<Counted> {
    const nowMs = this.options.nowMs();
    const known = this.counted.get(minute);
    const restMs = OPEN_MS + (known?.records ?? 0) * OPEN_MS_PER_RECORD;
    if (known?.settled || (known !== undefined && nowMs - known.atMs < restMs)) return known;
    const settled = nowMs >= beginningOf('minute', minute) + MINUTE_MS + SETTLE_MS;
    const counted = { ...(await this.countArrivals(minute)), settled, atMs: nowMs };
    this.counted.set(minute, counted);
    return counted;
  }

  private async countArrivals(minute: string): Promise<Pick<Counted, 'rollup' | 'latest' | 'records' | 'whole'>> {
    const rollup = emptyRollup();
    let latest: readonly Attribution[] = [];
    let records = 0;
    let next: string | undefined;
    do {
      const page = await this.options.attributions.arrived(minute, next);
      for (const record of page.records) addRecord(rollup, record);
      for (const { feedback, replaced } of page.feedback) addFeedback(rollup, feedback, replaced);
      latest = newestOf([...latest, ...page.records]);
      records += page.records.length;
      next = page.next;
    } while (next !== undefined && records < MOST_RECORDS);
    const kept = this.options.attributions.counted?.(minute);
    if (kept !== undefined) return { rollup: drawn(mergedRollups([kept.rollup])), latest, records, whole: true };
    const whole = next === undefined;
    return { rollup: whole ? drawn(rollup) : emptyRollup(), latest, records, whole };
  }

  /** Goes back minute by minute, through those that had requests, until there are enough. */
  private async latest(
    minutes: ReadonlyMap<string, Rollup>,
    counted: ReadonlyMap<string, Counted>,
    nowMs: number,
  ): Promise<readonly Attribution[]> {
    let found: readonly Attribution[] = [];
    for (const minute of lastStretches('minute', MINUTES_READ, nowMs).reverse()) {
      if (found.length >= LATEST) break;
      const busy = (minutes.get(minute)?.total.requests ?? 0) > 0;
      const one = counted.get(minute) ?? (busy ? await this.countOne(minute) : undefined);
      if (one !== undefined) found = newestOf([...found, ...one.latest]);
    }
    return found;
  }
}

function newestOf(records: readonly Attribution[]): readonly Attribution[] {
  return [...records].sort((left, right) => (left.time < right.time ? 1 : -1)).slice(0, LATEST);
}

/** A router has few tasks and tiers, and may have any number of customers. */
function drawn({ total, by, tasks }: Rollup): Rollup {
  const rest = emptyRollup();
  return { total, by: { ...rest.by, task: by.task, tier: by.tier }, tasks, places: rest.places };
}

/** Sums of stretches, and for those that are not added up to their end the sums of their parts. */
function completed(
  span: Span,
  sums: ReadonlyMap<string, Rollup>,
  parts: ReadonlyMap<string, Rollup>,
  names: readonly string[],
  completeMs: number,
): ReadonlyMap<string, Rollup> {
  const whole = new Map(sums);
  for (const from of names) {
    const isComplete = beginningOf(span, from) + SPAN_MS[span] <= completeMs;
    if (isComplete && whole.has(from)) continue;
    const within = [...parts].filter(([part]) => part.startsWith(from));
    if (within.length > 0) whole.set(from, mergedRollups(within.map(([, rollup]) => rollup)));
  }
  return whole;
}

function stretches(sums: ReadonlyMap<string, Rollup>, names: readonly string[]): Stretch[] {
  return names.map((from) => ({ from, rollup: sums.get(from) ?? emptyRollup() }));
}
