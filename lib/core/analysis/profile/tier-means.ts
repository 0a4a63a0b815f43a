import type { AnswerTable, SampleRow } from './answer-table';

/** What a tier alone would make of a request of the task, on average. */
export interface TierMeans {
  readonly tier: string;
  readonly quality: number;
  /** Null where the cost of a row is not known. */
  readonly costUsd: number | null;
  readonly judgeUsd: number;
}

export function tierMeans(tier: string, rows: readonly SampleRow[], answers: AnswerTable): TierMeans {
  const weight = rows.reduce((sum, row) => sum + row.weight, 0);
  const judged = rows.flatMap((row) => {
    const answer = answers.judged(tier, row.id);
    return answer ? [{ weight: row.weight, answer }] : [];
  });
  const mean = (of: (answer: (typeof judged)[number]['answer']) => number): number =>
    judged.reduce((sum, { weight: each, answer }) => sum + each * of(answer), 0) / weight;
  const isPriced = judged.every(({ answer }) => answer.costUsd !== null);
  return {
    tier,
    quality: mean(({ pass }) => (pass ? 1 : 0)),
    costUsd: isPriced ? mean(({ costUsd }) => costUsd ?? 0) : null,
    judgeUsd: mean(({ judgeCostUsd }) => judgeCostUsd),
  };
}

/** The cheapest first. Where not every cost is known, the ladder's order stands for them. */
export function cheapestFirst(ladder: readonly TierMeans[]): readonly TierMeans[] {
  if (ladder.some(({ costUsd }) => costUsd === null)) return ladder;
  return [...ladder].sort((one, other) => (one.costUsd ?? 0) - (other.costUsd ?? 0));
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
