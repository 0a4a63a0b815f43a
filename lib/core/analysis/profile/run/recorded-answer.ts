import type { AnswerChoice } from '../../../types';
import type { CorpusAnswer } from '../profile-document';

/** What a check that calls models has found. */
export interface Finding {
  readonly pass: boolean;
  readonly detail: string;
}

/** An answer with its words, as it is kept: changed checks can judge it anew, and nothing is paid for twice. */
export interface RecordedAnswer extends CorpusAnswer {
  /** Absent where the call failed. Its margins are `margin` alone, and what the model was thinking is not kept. */
  readonly choice?: AnswerChoice;
  /** Of checks that call models, by the fingerprint of what the policy says of them. */
  readonly findings?: Readonly<Record<string, Finding>>;
  /** What failed tries were billed, in USD. */
  readonly lostUsd?: number;
}

/** The choice as checks see it, the mean of its margins in place of them all. */
export function choiceOf({ choice, margin }: RecordedAnswer): AnswerChoice | undefined {
  if (choice === undefined || margin === undefined) return choice;
  return { ...choice, margins: [margin] };
}

/** Everything the answer is known to have caused to be paid. */
export function paidUsd({ costUsd, judgeCostUsd, lostUsd = 0 }: RecordedAnswer): number {
  return (costUsd ?? 0) + judgeCostUsd + lostUsd;
}
