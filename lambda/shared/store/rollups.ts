import { DAY_MS } from '../../../lib/core/durations';
import { REPORT_DIMENSIONS, type Rollup, type TaskRollup } from '../../../lib/core/telemetry/rollup/rollup';
import { type Sums, someSums } from '../../../lib/core/telemetry/rollup/sums';
import type { RollupStore, Span } from './rollup-port';
import { beginningOf } from './stretch';

/** Where rollups lie as JSON. */
export interface RollupRows {
  /** Of use until then, in UTC milliseconds. */
  write(span: Span, from: string, rollup: Rollup, expiresAtMs: number): Promise<void>;
  read(span: Span, from: string): Promise<unknown>;
  /** In any order. */
  list(span: Span, from: string, until: string): Promise<readonly RollupRow[]>;
}

export interface RollupRow {
  readonly from: string;
  readonly rollup: unknown;
}

/** Counted from the writing, so that what is caught up with after a long outage lasts as long as anything else. */
const KEPT_DAYS: Readonly<Record<Span, number>> = { minute: 3, hour: 60, day: 400 };

export function rollupsIn(rows: RollupRows, nowMs: () => number): RollupStore {
  return {
    async write(span, from, rollup) {
      beginningOf(span, from);
      await rows.write(span, from, rollup, nowMs() + KEPT_DAYS[span] * DAY_MS);
    },

    async read(span, from) {
      beginningOf(span, from);
      const found = await rows.read(span, from);
      return found === undefined ? undefined : rollupOf(found as Rollup);
    },

    async list(span, from, until) {
      if (beginningOf(span, from) >= beginningOf(span, until)) return [];
      const found = await rows.list(span, from, until);
      return found
        .map(({ from: begin, rollup }) => ({ from: begin, rollup: rollupOf(rollup as Rollup) }))
        .sort((left, right) => (left.from < right.from ? -1 : 1));
    },
  };
}

/** As it was written. What a rollup of an earlier release does not know of is zero or empty. */
function rollupOf({ total, by, tasks, places }: Rollup): Rollup {
  const splits = REPORT_DIMENSIONS.map((dimension) => [dimension, named(by[dimension] ?? {}, wholeSums)]);
  return {
    total: wholeSums(total),
    by: Object.fromEntries(splits) as Rollup['by'],
    tasks: named(tasks, taskOf),
    places: named(places, (customers) => customers),
  };
}

function wholeSums(sums: Sums): Sums {
  return someSums(sums);
}

function taskOf({ mix, inputs, placed }: TaskRollup): TaskRollup {
  const detail = { mix: named(mix, countsOf), inputs: named(inputs, countsOf) };
  return placed === undefined ? detail : Object.assign(detail, { placed });
}

function countsOf(counts: Record<string, number>): Record<string, number> {
  return named(counts, (count) => count);
}

/** By names that are strangers' texts, `__proto__` and `constructor` among them: no prototype may answer to one. */
function named<Value>(values: Record<string, Value>, each: (value: Value) => Value): Record<string, Value> {
  const copy = Object.create(null) as Record<string, Value>;
  for (const [name, value] of Object.entries(values)) copy[name] = each(value);
  return copy;
}
