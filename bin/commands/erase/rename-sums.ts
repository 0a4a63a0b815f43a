import type { RollupStore } from '../../../lambda/shared/store/rollup-port';
import { type Names, withoutNames } from '../../../lib/core/telemetry/rollup/erased';
import type { Period } from '../rollups-between';
import type { Renamed } from './erasure';
import { type NamedSums, sumsNaming } from './sums-naming';

export interface Renaming {
  readonly rollups: RollupStore;
  readonly names: Names;
  readonly period: Period;
  /** What came from then on is left, and so is its name: UTC milliseconds. */
  readonly beforeMs: number;
  /** To be asked before every write; absent: nothing is written, only counted. */
  readonly hold?: () => Promise<void>;
  /** Counts up. */
  readonly renamed: Renamed;
}

/**
 * Replaces names in sums. Minutes first, then hours, then days: where this is cut off, what lies above still names them, and
 * the next run finds its way. Hours and days that are made anew in between are made of parts in which the names are replaced.
 */
export async function renameSums(renaming: Renaming): Promise<void> {
  const { rollups, names, period } = renaming;
  for await (const day of sumsNaming(rollups, 'day', period, names)) {
    let left = 0;
    for await (const hour of sumsNaming(rollups, 'hour', day, names)) left += await renameHour(renaming, hour);
    await renameWhole(renaming, day, left);
  }
}

/** 1 where the hour still names them. */
async function renameHour(renaming: Renaming, hour: NamedSums): Promise<number> {
  const { rollups, names } = renaming;
  let left = 0;
  for await (const minute of sumsNaming(rollups, 'minute', hour, names)) left += await renameWhole(renaming, minute, 1);
  return renameWhole(renaming, hour, left);
}

/** What ends later than what is left begins is renamed only where none of its parts names them any more. */
async function renameWhole(
  renaming: Renaming,
  { span, from, untilMs, rollup }: NamedSums,
  left: number,
): Promise<number> {
  const { rollups, names, beforeMs, hold, renamed } = renaming;
  if (untilMs > beforeMs && left > 0) return 1;
  if (hold !== undefined) {
    await hold();
    await rollups.write(span, from, withoutNames(rollup, names));
  }
  renamed[span] += 1;
  return 0;
}
