import type { Tier } from '../../types-policy';
import type { Situation, StrategyCompiler } from './strategy';

/** Of equally cheap tiers the first. */
function cheapest(tiers: readonly Tier[], { expectedCostUsd }: Situation): Tier | undefined {
  let best: Tier | undefined;
  let leastUsd = Number.POSITIVE_INFINITY;
  for (const tier of tiers) {
    const costUsd = expectedCostUsd(tier);
    if (best !== undefined && !(costUsd < leastUsd)) continue;
    best = tier;
    leastUsd = costUsd;
  }
  return best;
}

/**
 * The bands of the score: the cheapest eligible tier below, the last eligible one of the ladder above, in the middle the
 * cheapest between the ends of the ladder, or else the start tier.
 */
export const score: StrategyCompiler = (policy, task) => {
  const { cheapestBelow, frontierAbove } = policy.score;
  const first = task.ladder[0];
  const last = task.ladder[task.ladder.length - 1];
  return (situation) => {
    const { features, eligible } = situation;
    if (features.score < cheapestBelow) {
      const tier = cheapest(eligible, situation);
      return tier && { tier: tier.id, reason: 'score-cheapest' };
    }
    if (features.score > frontierAbove) {
      const tier = eligible[eligible.length - 1];
      return tier && { tier: tier.id, reason: 'score-frontier' };
    }
    const between = eligible.filter(({ id }) => id !== first && id !== last);
    return { tier: cheapest(between, situation)?.id ?? task.start, reason: 'score-middle' };
  };
};
