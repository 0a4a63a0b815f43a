import type { SampleRow } from '../../../../lib/core/analysis/profile/answer-table';
import type { CorpusAnswer } from '../../../../lib/core/analysis/profile/profile-document';

/** Small whole nouns of profiling, and worlds whose truth is known. */

export function aRow(row: Partial<SampleRow> & { id: string }): SampleRow {
  return { weight: 1, tags: [], ...row };
}

export function someRows(n: number, rest: Partial<SampleRow> = {}): SampleRow[] {
  return Array.from({ length: n }, (_, index) => aRow({ id: `row-${index}`, ...rest }));
}

export function anAnswer(answer: Partial<CorpusAnswer> & { row: string; tier: string }): CorpusAnswer {
  return {
    task: 'task',
    sample: 0,
    pass: true,
    model: `${answer.tier}-model`,
    inputTokens: 100,
    outputTokens: 10,
    costUsd: 0.001,
    judgeCostUsd: 0,
    latencyMs: 20,
    ...answer,
  };
}

/** Answers of one tier to all rows, of which the first so many fail. */
export function answersOf(tier: string, rows: readonly SampleRow[], failures: number): CorpusAnswer[] {
  return rows.map(({ id }, index) => anAnswer({ row: id, tier, pass: index >= failures }));
}

export interface TierTruth {
  readonly tier: string;
  /** P(fail) of an answer of this margin, which is drawn evenly from 0 to 1; a constant for a tier without margins. */
  readonly failure: number | ((margin: number) => number);
}

/** Draws what every tier makes of the rows; `difficulty` is shared, so tiers fail together as far as they can. */
export function drawAnswers(
  rows: readonly SampleRow[],
  tiers: readonly TierTruth[],
  random: () => number,
): CorpusAnswer[] {
  return rows.flatMap(({ id }) => {
    const difficulty = random();
    return tiers.map(({ tier, failure }) => {
      if (typeof failure === 'number') return anAnswer({ row: id, tier, pass: difficulty >= failure });
      const margin = random();
      return anAnswer({ row: id, tier, margin, pass: difficulty >= failure(margin) });
    });
  });
}

/** P(fail) among the answers whose margin is at least this. */
export function truthAbove({ failure }: TierTruth, threshold = 0): number {
  if (typeof failure === 'number') return failure;
  const steps = 4000;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += failure(threshold + ((1 - threshold) * (step + 0.5)) / steps);
  return sum / steps;
}
