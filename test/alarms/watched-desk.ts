import { publishEmbedded } from '../../lambda/watch/publish-embedded';
import { addRecord, emptyRollup, type Rollup } from '../../lib/core/telemetry/rollup/rollup';
import { SUM_NAMES, type SumName, type Sums, someSums } from '../../lib/core/telemetry/rollup/sums';
import { NO_STATE, type WatchInput, type WatchState, WINDOW_MS, WINDOWS } from '../../lib/core/telemetry/watch/nouns';
import { watch } from '../../lib/core/telemetry/watch/watch';
import type { Attribution } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { NOON_MS, ROUTER } from './a-desk';
import { type Datapoints, readLines } from './datapoints';

const PERIOD_MS = 300_000;

/** One record that was really made, and how many of its kind come in each period of five minutes. */
export interface Load {
  readonly record: Attribution;
  readonly requests: (period: number) => number;
}

export interface Watched {
  readonly policy: Policy;
  readonly periods: number;
  readonly loads: readonly Load[];
  /** Whether what has come since the first of 30 days is told as the month so far. */
  readonly hasMonth?: boolean;
}

/** What the watch function puts for each period: it runs after every one, and remembers what it said. */
export async function* watched({ policy, periods, loads, hasMonth = false }: Watched): AsyncGenerator<Datapoints> {
  const kinds = loads.map(({ record }) => slim(rollupOf(record), policy));
  const before = loads.map(() => new Float64Array(periods + 1));
  let state: WatchState = NO_STATE;
  for (let period = 0; period < periods; period++) {
    for (const [index, { requests }] of loads.entries()) {
      const counts = before[index] as Float64Array;
      counts[period + 1] = (counts[period] as number) + requests(period);
    }
    const atMs = NOON_MS + (period + 1) * PERIOD_MS;
    const since = (ms: number): Rollup => {
      const from = Math.max(0, period + 1 - ms / PERIOD_MS);
      return weighted(
        kinds,
        before.map((counts) => (counts[period + 1] as number) - (counts[from] as number)),
      );
    };
    const windows = Object.fromEntries(WINDOWS.map((name) => [name, since(WINDOW_MS[name])])) as WatchInput['windows'];
    const outcome = watch({
      policy,
      atMs,
      windows,
      ...(hasMonth && { month: { fromMs: NOON_MS, rollup: since(30 * WINDOW_MS.day) } }),
      state,
      infrastructure: { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 } },
      publishedAtMs: NOON_MS - 30 * WINDOW_MS.day,
    });
    state = outcome.state;
    const lines: string[] = [];
    await publishEmbedded(ROUTER, (line) => lines.push(line))(outcome.readings, atMs);
    yield readLines(lines);
  }
}

function rollupOf(record: Attribution): Rollup {
  const rollup = emptyRollup();
  addRecord(rollup, record);
  return rollup;
}

/** Without what nothing here is watched by: a week of it a hundred times is much to add up. */
function slim(rollup: Rollup, { projection, tasks }: Policy): Rollup {
  const { by, total } = rollup;
  const { task, tier } = by;
  const details = Object.entries(rollup.tasks).map(([id, { mix, inputs, placed }]) => {
    const { baseline } = tasks[id] ?? {};
    const detail = { mix: baseline?.mix ? mix : {}, inputs: baseline?.inputs ? inputs : {} };
    return [id, { ...detail, ...(placed && { placed }) }];
  });
  return {
    ...emptyRollup(),
    total,
    by: { ...emptyRollup().by, task, tier: projection === undefined ? {} : tier },
    tasks: Object.fromEntries(details),
  };
}

/** The first so many times, and so on, added up: rollups are sums. */
function weighted(kinds: readonly Rollup[], counts: readonly number[]): Rollup {
  return addUp(kinds, counts) as Rollup;
}

function addUp(values: readonly unknown[], counts: readonly number[]): unknown {
  if (values.every(isSums)) return addUpSums(values, counts);
  const sum: Record<string, unknown> = {};
  for (const [index, value] of values.entries()) {
    for (const [key, inner] of Object.entries(value as object)) {
      if (typeof inner === 'number') sum[key] = ((sum[key] as number | undefined) ?? 0) + inner * (counts[index] ?? 0);
      else if (!(key in sum)) {
        const members = values.map((one) => (one as Record<string, unknown>)[key] ?? {});
        sum[key] = addUp(members, counts);
      }
    }
  }
  return sum;
}

function isSums(value: unknown): value is Sums {
  return (value as Partial<Sums>).requests !== undefined;
}

function addUpSums(values: readonly Sums[], counts: readonly number[]): Sums {
  const sums: Record<SumName, number> = someSums({});
  for (const [index, value] of values.entries()) {
    const count = counts[index] as number;
    for (const name of membersOf(value)) sums[name] += value[name] * count;
  }
  return sums;
}

const MEMBERS = new WeakMap<Sums, readonly SumName[]>();

/** Those of which there is anything: most are none. */
function membersOf(sums: Sums): readonly SumName[] {
  const known = MEMBERS.get(sums);
  if (known !== undefined) return known;
  const members = SUM_NAMES.filter((name) => sums[name] !== 0);
  MEMBERS.set(sums, members);
  return members;
}
