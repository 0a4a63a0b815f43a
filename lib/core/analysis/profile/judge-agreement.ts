import { exactBounds } from '../../exact-bounds';

/** One answer that a judge model and a person have both judged. */
export interface JudgedTwice {
  readonly judge: boolean;
  readonly human: boolean;
}

export interface JudgeAgreement {
  readonly n: number;
  readonly agreements: number;
  readonly agreement: number;
  /** Exact two-sided interval of the agreement. */
  readonly low: number;
  readonly high: number;
  /** Agreement beyond chance (Cohen); null where both always say the same, and chance explains everything. */
  readonly kappa: number | null;
  /** Whether the agreement is surely at least `LEAST_AGREEMENT`. */
  readonly validated: boolean;
}

/** A judge that may disagree with people more often is no measure of a pass rate near the usual targets. */
const LEAST_AGREEMENT = 0.8;

export function judgeAgreement(pairs: readonly JudgedTwice[], confidence = 0.95): JudgeAgreement {
  const n = pairs.length;
  if (n === 0) return { n, agreements: 0, agreement: 0, low: 0, high: 1, kappa: null, validated: false };
  const agreements = pairs.filter(({ judge, human }) => judge === human).length;
  // Half of what is left of the confidence lies beyond each end.
  const { low, high } = exactBounds(agreements, n, (1 + confidence) / 2);
  const agreement = agreements / n;
  const judge = pairs.filter((pair) => pair.judge).length / n;
  const human = pairs.filter((pair) => pair.human).length / n;
  const byChance = judge * human + (1 - judge) * (1 - human);
  const kappa = byChance === 1 ? null : (agreement - byChance) / (1 - byChance);
  return { n, agreements, agreement, low, high, kappa, validated: low >= LEAST_AGREEMENT };
}
