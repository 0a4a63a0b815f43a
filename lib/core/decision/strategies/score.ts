import { cheapest } from './cheapest';
import type { StrategyCompiler } from './strategy';

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
