import type { CorpusRow } from '../profile-document';
import { withVerdict } from './ask-tier';
import { judgeAnswer } from './judge-answer';
import { choiceOf, type RecordedAnswer } from './recorded-answer';
import type { Check } from './task-checks';

/** Judges a recorded answer by these checks, asking nobody: of a check that calls models, only what it found before counts. */
export async function regrade(
  answer: RecordedAnswer,
  row: CorpusRow,
  checks: readonly Check[],
): Promise<RecordedAnswer> {
  const choice = choiceOf(answer);
  if (choice === undefined) return answer;
  const judgement = { tier: answer.tier, messages: row.messages, tools: [] };
  const judged = await judgeAnswer(checks, { row, choice, judgement }, { findings: answer.findings ?? {} });
  return withVerdict(answer, judged, 0);
}
