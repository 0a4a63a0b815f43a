import { isJudged } from './answer-table';
import type { CorpusAnswer } from './profile-document';

export interface Stability {
  /** Rows that were asked more than once. */
  readonly rows: number;
  /** Share of them whose verdict never flipped, on any tier; null where none was repeated. */
  readonly stability: number | null;
  /** Share of the repeated rows whose verdict flipped, by tier. */
  readonly flips: Readonly<Record<string, number>>;
  /** False where some tier flips on more than the stated share: one answer's margin says little of the next one's. */
  readonly confidenceRouting: boolean;
}

/** Above this share of flipped verdicts a task's answers are not routed by confidence. */
const MOST_FLIPS = 0.1;

/** Whether a task's answers get the same verdict each time they are asked for. Takes answers of all samples. */
export function stabilityOf(answers: Iterable<CorpusAnswer>, mostFlips = MOST_FLIPS): Stability {
  const verdicts = new Map<string, Map<string, boolean[]>>();
  for (const answer of answers) {
    if (!isJudged(answer)) continue;
    const ofTier = verdicts.get(answer.tier) ?? new Map<string, boolean[]>();
    ofTier.set(answer.row, [...(ofTier.get(answer.row) ?? []), answer.pass]);
    verdicts.set(answer.tier, ofTier);
  }
  const repeated = new Set<string>();
  const flipped = new Set<string>();
  const flips: Record<string, number> = {};
  for (const [tier, ofTier] of verdicts) {
    const several = [...ofTier].filter(([, passes]) => passes.length > 1);
    const changed = several.filter(([, passes]) => new Set(passes).size > 1);
    for (const [row] of several) repeated.add(row);
    for (const [row] of changed) flipped.add(row);
    if (several.length > 0) flips[tier] = changed.length / several.length;
  }
  return {
    rows: repeated.size,
    stability: repeated.size === 0 ? null : 1 - flipped.size / repeated.size,
    flips,
    confidenceRouting: Object.values(flips).every((share) => share <= mostFlips),
  };
}
