import type { Baseline, Task } from '../types-policy';
import { binEdges, histogramShares, totalOf } from './histogram';
import { ownValue } from './own-value';
import { leftOutOf, ofStrategy } from './rollup/placed';
import type { Histogram, Rollup, TaskRollup } from './rollup/rollup';

/**
 * What production did with a task, as what it is held to from now on: rates, mix and cost of the `n` requests that the
 * task's strategy placed, and how the inputs of all are distributed. Its pass rate is that of the checks of production, over
 * the answers that left with a verdict of theirs. Exact bounds of the escalation rate are for the caller to add. Undefined
 * without such requests. Answers of tiers that `knows` does not, gone from the policy since, are left out of the mix.
 */
export function baselineFromRollup(
  rollup: Rollup,
  { id, ladder }: Pick<Task, 'id' | 'ladder'>,
  knows: (tier: string) => boolean = () => true,
): Baseline | undefined {
  const sums = ownValue(rollup.by.task, id);
  if (sums === undefined) return undefined;
  const detail = ownValue(rollup.tasks, id);
  const { requests, upRoutes, escalations, costUsd, judged, judgedPasses } = ofStrategy(sums, detail?.placed);
  if (requests === 0) return undefined;
  return {
    escalationRate: (upRoutes + escalations) / requests,
    upRouteRate: upRoutes / requests,
    climbRate: escalations / requests,
    n: requests,
    ...(judged > 0 && { passRate: judgedPasses / judged }),
    // Differences of sums, rounded, may lie below nothing.
    costUsd: Math.max(0, costUsd) / requests,
    ...(detail && { mix: mixOf(detail, ladder, knows), inputs: inputsOf(detail.inputs) }),
  };
}

/** Shares of the answers; tiers of the ladder that gave none stand with 0. */
function mixOf(
  { mix, placed }: TaskRollup,
  ladder: readonly string[],
  knows: (tier: string) => boolean,
): Record<string, number> {
  const counts = new Map(ladder.map((tier) => [tier, 0]));
  for (const tiers of Object.values(mix)) {
    for (const [tier, count] of Object.entries(tiers)) {
      if (knows(tier)) counts.set(tier, (counts.get(tier) ?? 0) + count);
    }
  }
  for (const [tier, count] of counts) counts.set(tier, count - leftOutOf(placed, tier));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Object.fromEntries([...counts].map(([tier, count]) => [tier, total === 0 ? 0 : count / total]));
}

function inputsOf(inputs: Readonly<Record<string, Histogram>>): NonNullable<Baseline['inputs']> {
  const seen = Object.entries(inputs).filter(([, histogram]) => totalOf(histogram) > 0);
  return Object.fromEntries(
    seen.map(([dimension, histogram]) => {
      const edges = binEdges(histogram);
      return [dimension, { edges, shares: histogramShares(histogram, edges) }];
    }),
  );
}
