import { withBounds } from '../policy/baseline-bounds';
import { baselineFromRollup } from '../telemetry/baseline-from-rollup';
import type { Rollup } from '../telemetry/rollup/rollup';
import type { Baseline, Task } from '../types-policy';

export interface BaselineContext {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** Whose records it is made of. */
  readonly period: string;
  /** Tiers of the policy; a record may be older than it. */
  readonly tiers: readonly string[];
}

/** Begins the names of baselines that are from here, and tells them from those of profiling. */
const PRODUCTION = 'production';

/**
 * What production did with a task, counted as its signals count, with exact bounds; undefined of a task without requests.
 * The pass rate stays what profiling found: production does not know what a good answer holds, so its own checks speak only
 * for tasks that were never profiled.
 */
export function productionBaseline(
  rollup: Rollup,
  task: Task,
  { takenAt, period, tiers }: BaselineContext,
): Baseline | undefined {
  const found = baselineFromRollup(rollup, task, (tier) => tiers.includes(tier));
  if (found === undefined) return undefined;
  const { passRate, profile = '' } = task.baseline;
  const wasProfiled = passRate !== undefined && !profile.startsWith(PRODUCTION);
  return Object.assign(
    {},
    withBounds(found),
    { profiledAt: takenAt, profile: `${PRODUCTION}, ${period}` },
    wasProfiled ? { passRate } : {},
  );
}
