import type { Tier } from '../../types-policy';
import { firstTokenOf } from '../first-token';
import { cheapest } from './cheapest';
import type { Situation, StrategyCompiler } from './strategy';

function expectedMs(tier: Tier, { features, states }: Situation): number {
  const pace = states !== undefined && Object.hasOwn(states, tier.id) ? states[tier.id]?.pace : undefined;
  const expected = firstTokenOf(pace, features.inputTokens);
  return expected === undefined ? 0 : expected.waitMs + expected.ownMs;
}

/**
 * The cheapest eligible tier that is expected to begin its answer within the latency budget; the fastest where none is.
 * Until its pace has been observed a tier counts as in time, or nobody would ever learn it. Not a strategy that a policy
 * names: it takes the place of `start` in tasks of route `dispatch`.
 */
export const dispatch: StrategyCompiler = () => (situation) => {
  const { features, eligible } = situation;
  const budgetMs = features.latencyBudgetMs ?? Number.POSITIVE_INFINITY;
  const inTime = eligible.filter((tier) => !(expectedMs(tier, situation) > budgetMs));
  const tier = cheapest(inTime, situation) ?? fastest(situation);
  return tier && { tier: tier.id, reason: 'dispatched' };
};

function fastest(situation: Situation): Tier | undefined {
  let best: Tier | undefined;
  for (const tier of situation.eligible) {
    if (best === undefined || expectedMs(tier, situation) < expectedMs(best, situation)) best = tier;
  }
  return best;
}
