import type { Tier } from '../../types-policy';
import type { Situation } from './strategy';

/** Of equally cheap tiers the first. */
export function cheapest(
  tiers: readonly Tier[],
  { expectedCostUsd }: Pick<Situation, 'expectedCostUsd'>,
): Tier | undefined {
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
