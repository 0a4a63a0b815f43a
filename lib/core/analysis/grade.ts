import { compileOracles } from '../oracle/compile';
import type { AnswerChoice, Oracle, Verdict } from '../types';
import type { Policy } from '../types-policy';

/** Judges an answer by all of a task's oracles, those that compare with an expected answer included. */
export type Grader = (task: string, choice: AnswerChoice, expect: unknown) => Verdict;

const NOTHING_TO_JUDGE: Verdict = { pass: true, oracle: 'none', detail: '' };

/** Compiles every task's oracles once. Oracles that do not apply to a row are skipped; where none applies it passes. */
export async function createGrader(policy: Policy): Promise<Grader> {
  const oracles = new Map<string, readonly Oracle[]>();
  for (const task of Object.values(policy.tasks)) oracles.set(task.id, await compileOracles(task));
  return (task, choice, expect) => {
    const verdicts = (oracles.get(task) ?? []).flatMap((oracle) => oracle.check(choice, expect) ?? []);
    return verdicts.find(({ pass }) => !pass) ?? verdicts[0] ?? NOTHING_TO_JUDGE;
  };
}
