import { baselineFromRollup } from '../telemetry/baseline-from-rollup';
import type { Rollup } from '../telemetry/rollup/rollup';
import type { Baseline, Task } from '../types-policy';
import { exactBounds } from './statistics/exact-bounds';

export interface BaselineContext {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** What the baseline is called: where it is from. */
  readonly name: string;
  /** Tiers of the policy; a record may be older than it. */
  readonly tiers: readonly string[];
}

/** Bounds of a baseline are one-sided at this confidence, as those of profiling are. */
const CONFIDENCE = 0.95;

/**
 * What production did with a task, counted as its signals count, with exact bounds; undefined of a task without requests.
 * The pass rate stays what profiling found: production does not know what a good answer holds.
 */
export function productionBaseline(
  rollup: Rollup,
  task: Task,
  { takenAt, name, tiers }: BaselineContext,
): Baseline | undefined {
  const found = baselineFromRollup(rollup, task, (tier) => tiers.includes(tier));
  if (found === undefined) return undefined;
  const { n = 0, escalationRate = 0 } = found;
  const bounds = exactBounds(Math.round(escalationRate * n), n, CONFIDENCE);
  const { passRate } = task.baseline;
  return Object.assign(
    {},
    found,
    bounds,
    { profiledAt: takenAt, profile: name },
    passRate === undefined ? {} : { passRate },
  );
}
