import type { Task } from '../../types-policy';
import type { Assumptions } from './assumptions';
import type { SideCall, Tokens } from './scenario';

/** Of text, roughly. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * What choosing a tier asks of other tiers for each request: the classifier, the embedding of the prompt. Strategies that
 * stand before them may answer first, so this is the most it can be.
 */
export function choosingCallsOf(task: Task, { input }: Tokens, assumptions: Assumptions): readonly SideCall[] {
  const { strategy, classifier, embedding } = task;
  const { classifierPromptTokens, classifierOutputTokens } = assumptions;
  const calls: SideCall[] = [];
  if (strategy.includes('classifier') && classifier !== undefined)
    calls.push({ tier: classifier.tier, input: input + classifierPromptTokens, output: classifierOutputTokens });
  if (strategy.includes('embedding') && embedding !== undefined) calls.push({ tier: embedding.tier, input, output: 0 });
  return calls;
}

/** Judges of each answer. Only a cascade runs oracles that call a model. */
export function judgesOf({ route, oracle }: Task, { judgeOutputTokens }: Assumptions): readonly SideCall[] {
  if (route !== 'cascade') return [];
  return oracle.flatMap((spec) => {
    if (spec.kind !== 'judge') return [];
    return [{ tier: spec.tier, input: spec.rubric.length / CHARACTERS_PER_TOKEN, output: judgeOutputTokens }];
  });
}
