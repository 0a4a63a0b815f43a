import type { Rollup } from '../telemetry/rollup/rollup';
import { type Baseline, DIMENSIONS, type Task } from '../types-policy';
import { inputDistribution } from './profile/input-distribution';
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
 * What production did with a task, counted as its signals count; undefined of a task without requests. The pass rate stays
 * what profiling found: production does not know what a good answer holds.
 */
export function productionBaseline(
  rollup: Rollup,
  task: Task,
  { takenAt, name, tiers }: BaselineContext,
): Baseline | undefined {
  const sums = Object.hasOwn(rollup.by.task, task.id) ? rollup.by.task[task.id] : undefined;
  if (sums === undefined || sums.requests === 0) return undefined;
  const n = sums.requests;
  const raised = sums.upRoutes + sums.escalations;
  const { passRate } = task.baseline;
  return {
    escalationRate: raised / n,
    upRouteRate: sums.upRoutes / n,
    climbRate: sums.escalations / n,
    ...exactBounds(raised, n, CONFIDENCE),
    n,
    ...(passRate !== undefined && { passRate }),
    costUsd: (sums.costUsd + sums.routingCostUsd) / n,
    mix: mixOf(rollup, task, tiers),
    inputs: inputsOf(rollup, task),
    profiledAt: takenAt,
    profile: name,
  };
}

/** Shares of the answered requests, whatever the user's tier. */
function mixOf({ tasks }: Rollup, { id, ladder }: Task, tiers: readonly string[]): NonNullable<Baseline['mix']> {
  const counts = Object.fromEntries(ladder.map((tier) => [tier, 0]));
  for (const byTier of Object.values(tasks[id]?.mix ?? {})) {
    for (const [tier, count] of Object.entries(byTier)) {
      if (tiers.includes(tier)) counts[tier] = (counts[tier] ?? 0) + count;
    }
  }
  const answered = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shares = Object.entries(counts).map(([tier, count]) => [tier, answered === 0 ? 0 : count / answered] as const);
  return Object.fromEntries(shares);
}

function inputsOf({ tasks }: Rollup, { id }: Task): NonNullable<Baseline['inputs']> {
  const inputs = tasks[id]?.inputs ?? {};
  return Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => {
      const values = Object.entries(inputs[dimension] ?? {}).flatMap(([value, count]) =>
        new Array<number>(count).fill(Number(value)),
      );
      return values.length === 0 ? [] : [[dimension, inputDistribution(values)]];
    }),
  );
}
