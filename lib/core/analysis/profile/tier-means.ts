import type { AnswerTable, SampleRow } from './answer-table';

/** What a tier alone would make of a request of the task, on average. */
export interface TierMeans {
  readonly tier: string;
  readonly quality: number;
  readonly costUsd: number;
  readonly judgeUsd: number;
}

export function tierMeans(tier: string, rows: readonly SampleRow[], answers: AnswerTable): TierMeans {
  const weight = rows.reduce((sum, row) => sum + row.weight, 0);
  const mean = (of: (answer: { pass: boolean; costUsd: number; judgeCostUsd: number }) => number): number =>
    rows.reduce((sum, row) => {
      const answer = answers.judged(tier, row.id);
      return sum + (answer ? row.weight * of(answer) : 0);
    }, 0) / weight;
  return {
    tier,
    quality: mean(({ pass }) => (pass ? 1 : 0)),
    costUsd: mean(({ costUsd }) => costUsd),
    judgeUsd: mean(({ judgeCostUsd }) => judgeCostUsd),
  };
}

/** The cheapest tier that reaches the target; where none does, the one that passes most, and of equals the cheaper. */
export function bestSingle(byCost: readonly TierMeans[], target: number): TierMeans | undefined {
  const good = byCost.find(({ quality }) => quality >= target);
  return (
    good ??
    byCost.reduce<TierMeans | undefined>(
      (best, tier) => (best && best.quality >= tier.quality ? best : tier),
      undefined,
    )
  );
}
