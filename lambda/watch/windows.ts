import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/core/durations';
import { emptyRollup, mergedRollups, type Rollup } from '../../lib/core/telemetry/rollup/rollup';
import type { RollupStore, Span } from '../shared/store/rollup-port';
import { beginningOf, stretchAt } from '../shared/store/stretch';
import { floorTo } from './stretches';

/** What came in a stretch of time that is added up, of whole minutes: by task and by tier, as the watch looks at it. */
export type Windows = (fromMs: number, untilMs: number, throughMs: number) => Promise<Rollup>;

/** Rollups of consecutive stretches, all within one stretch of the next longer span. */
interface Piece {
  readonly span: Span;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** By span: its length, and that of the stretch whose parts are read together. */
const LENGTHS: Readonly<Record<Span, { readonly ms: number; readonly togetherMs: number }>> = {
  day: { ms: DAY_MS, togetherMs: 30 * DAY_MS },
  hour: { ms: HOUR_MS, togetherMs: DAY_MS },
  minute: { ms: MINUTE_MS, togetherMs: HOUR_MS },
};
const SPANS = ['day', 'hour', 'minute'] as const;
/** Lists kept: two days of hours and minutes, for windows that slide. */
const LISTS_KEPT = 64;
/** Sums of pieces kept: those that two evaluations running share. */
const SUMS_KEPT = 32;

/** Reads sums of sums: days where whole ones are asked for, then hours, then minutes. */
export function createWindows(rollups: Pick<RollupStore, 'list'>): Windows {
  const lists = new Map<string, ReadonlyMap<number, Rollup>>();
  const unfinished = new Map<string, Promise<ReadonlyMap<number, Rollup>>>();
  const sums = new Map<string, Promise<Rollup>>();
  let runningMs = Number.NEGATIVE_INFINITY;

  async function list(span: Span, fromMs: number, untilMs: number): Promise<ReadonlyMap<number, Rollup>> {
    const found = await rollups.list(span, stretchAt(span, fromMs), stretchAt(span, untilMs));
    return new Map(found.map(({ from, rollup }) => [beginningOf(span, from), watched(rollup)]));
  }

  /** What is complete never changes again. */
  async function complete(span: Span, fromMs: number): Promise<ReadonlyMap<number, Rollup>> {
    const key = `${span} ${fromMs}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const found = await list(span, fromMs, fromMs + LENGTHS[span].togetherMs);
    lists.set(key, found);
    const [oldest] = lists.keys();
    if (lists.size > LISTS_KEPT && oldest !== undefined) lists.delete(oldest);
    return found;
  }

  /** All windows of an evaluation end in the stretch that goes on: it is read once, as long as nothing more is added up. */
  function running(span: Span, fromMs: number, throughMs: number): Promise<ReadonlyMap<number, Rollup>> {
    if (throughMs !== runningMs) unfinished.clear();
    runningMs = throughMs;
    const key = `${span} ${fromMs}`;
    const found = unfinished.get(key) ?? list(span, fromMs, throughMs);
    // What could not be read is asked for again.
    found.catch(() => unfinished.delete(key));
    unfinished.set(key, found);
    return found;
  }

  /** Windows that slide have most of their pieces in common with the last; what is added up never changes again. */
  function sumOf(piece: Piece, throughMs: number): Promise<Rollup> {
    const key = `${piece.span} ${piece.fromMs} ${piece.untilMs}`;
    const found = sums.get(key) ?? addUp(piece, throughMs);
    // What could not be read is asked for again.
    found.catch(() => sums.delete(key));
    sums.delete(key);
    sums.set(key, found);
    const [oldest] = sums.keys();
    if (sums.size > SUMS_KEPT && oldest !== undefined) sums.delete(oldest);
    return found;
  }

  async function addUp({ span, fromMs, untilMs }: Piece, throughMs: number): Promise<Rollup> {
    const { togetherMs } = LENGTHS[span];
    const beginMs = floorTo(togetherMs, fromMs);
    const isComplete = beginMs + togetherMs <= throughMs;
    const found = await (isComplete ? complete(span, beginMs) : running(span, beginMs, throughMs));
    return mergedRollups([...found].flatMap(([atMs, rollup]) => (atMs >= fromMs && atMs < untilMs ? [rollup] : [])));
  }

  return async (fromMs, untilMs, throughMs) => {
    return mergedRollups(await Promise.all(piecesOf(fromMs, untilMs).map((piece) => sumOf(piece, throughMs))));
  };
}

function piecesOf(fromMs: number, untilMs: number): Piece[] {
  const pieces: Piece[] = [];
  for (let atMs = fromMs; atMs < untilMs; ) {
    const span = SPANS.find((one) => atMs % LENGTHS[one].ms === 0 && atMs + LENGTHS[one].ms <= untilMs) ?? 'minute';
    const { ms, togetherMs } = LENGTHS[span];
    const togetherEndsMs = floorTo(togetherMs, atMs) + togetherMs;
    const endMs = Math.min(floorTo(ms, untilMs), togetherEndsMs);
    pieces.push({ span, fromMs: atMs, untilMs: endMs });
    atMs = endMs;
  }
  return pieces;
}

/** Nobody watches single customers, features, keys or models; there may be any number of them. */
function watched({ total, by, tasks }: Rollup): Rollup {
  const rest = emptyRollup();
  return { total, by: Object.assign(rest.by, { task: by.task, tier: by.tier }), tasks, places: rest.places };
}
