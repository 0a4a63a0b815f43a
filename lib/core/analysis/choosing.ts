import { canonicalJson } from '../canonical-json';
import { STRATEGIES } from '../decision/strategies/registry';
import type { Policy, Task } from '../types-policy';

/** What of a policy has a task's requests begin elsewhere than at its start. */
export interface Choosing {
  /** Strategies that may have an answer, in the order in which they are asked. */
  readonly strategy: readonly string[];
  readonly rules?: Task['rules'];
  readonly score?: Policy['score'];
  readonly latencyBudgetMs?: number;
}

/** Undefined where nothing does: a static route, no strategy that has an answer. */
export function choosingOf({ score }: Pick<Policy, 'score'>, task: Task): Choosing | undefined {
  if (task.route === 'static') return undefined;
  const built = task.strategy.filter((kind) => STRATEGIES[kind] !== undefined);
  const strategy: string[] = built.filter((kind) => kind !== 'rules' || task.rules.length > 0);
  if (task.route === 'dispatch') strategy.push('dispatch');
  if (strategy.length === 0) return undefined;
  return {
    strategy,
    ...(strategy.includes('rules') && { rules: task.rules }),
    ...(strategy.includes('score') && { score }),
    ...(task.route === 'dispatch' && task.latencyBudgetMs !== undefined && { latencyBudgetMs: task.latencyBudgetMs }),
  };
}

export function choosesAlike(one: Choosing | undefined, other: Choosing | undefined): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
