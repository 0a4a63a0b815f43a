import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { consultingOracle } from './consulting-oracle';
import { judgePrompt } from './judge-prompt';

/**
 * Another tier reads question and answer and grades the answer by the rubric, from 0 to 1. A reply that is no grade fails
 * the answer, which may have talked the judge out of its task; a judge that cannot be reached neither passes nor fails it.
 */
export function judge({ tier, rubric, pass }: Extract<OracleSpec, { kind: 'judge' }>): Oracle {
  return consultingOracle('judge', async (choice, { messages, consult }) => {
    if (consult === undefined) return undefined;
    const reply = await consult.ask(tier, await judgePrompt(rubric, messages, choice.text), 'judge');
    if (reply === undefined) return undefined;
    const score = scoreIn(reply.text);
    if (score === undefined) return { pass: false, oracle: 'judge', detail: 'the judge gave no grade' };
    const passes = score >= pass;
    return { pass: passes, oracle: 'judge', detail: passes ? '' : `graded ${score}, below ${pass}` };
  });
}

const FENCED = /^```(?:json)?\s*([\s\S]*?)\s*```$/;

/** The one member of a JSON object, a number from 0 to 1; in a code fence too, which models like to write. */
function scoreIn(reply: string): number | undefined {
  const text = reply.trim();
  let grade: unknown;
  try {
    grade = JSON.parse(FENCED.exec(text)?.[1] ?? text);
  } catch {
    return undefined;
  }
  if (typeof grade !== 'object' || grade === null || Object.keys(grade).join() !== 'score') return undefined;
  const { score } = grade as { readonly score: unknown };
  return typeof score === 'number' && score >= 0 && score <= 1 ? score : undefined;
}
