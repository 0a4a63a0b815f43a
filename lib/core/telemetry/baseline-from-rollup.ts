import type { Baseline, Task } from '../types-policy';
import { binEdges, histogramShares, totalOf } from './histogram';
import { ownValue } from './own-value';
import type { Histogram, Rollup, TaskRollup } from './rollup/rollup';

/**
 * What production did with a task, as what it is held to from now on: rates, mix, cost and how its inputs are
 * distributed. Its pass rate is that of the checks of production, over the answers that left with a verdict of theirs. Exact bounds of the escalation rate are for the caller to add, of `n` requests. Undefined without requests.
 * Answers of tiers that `knows` does not, gone from the policy since, are left out of the mix.
 */
export function baselineFromRollup(
  rollup: Rollup,
  { id, ladder }: Pick<Task, 'id' | 'ladder'>,
  knows: (tier: string) => boolean = () => true,
): Baseline | undefined {
  const sums = ownValue(rollup.by.task, id);
  if (sums === undefined || sums.requests === 0) return undefined;
  const { requests, upRoutes, escalations, costUsd, routingCostUsd } = sums;
  const detail = ownValue(rollup.tasks, id);
  const { judged = 0, judgedPasses = 0 } = sums;
  return {
    escalationRate: (upRoutes + escalations) / requests,
    upRouteRate: upRoutes / requests,
    climbRate: escalations / requests,
    n: requests,
    ...(judged > 0 && { passRate: judgedPasses / judged }),
    costUsd: (costUsd + routingCostUsd) / requests,
    ...(detail && { mix: mixOf(detail, ladder, knows), inputs: inputsOf(detail.inputs) }),
  };
}

/** Shares of the answers; tiers of the ladder that gave none stand with 0. */
function mixOf(
  { mix }: TaskRollup,
  ladder: readonly string[],
  knows: (tier: string) => boolean,
): Record<string, number> {
  const counts = new Map(ladder.map((tier) => [tier, 0]));
  for (const tiers of Object.values(mix)) {
    for (const [tier, count] of Object.entries(tiers)) {
      if (knows(tier)) counts.set(tier, (counts.get(tier) ?? 0) + count);
    }
  }
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
