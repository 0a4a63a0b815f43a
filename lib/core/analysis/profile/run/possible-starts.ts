import { estimateDecisionCost } from '../../../attribution/price';
import { compileDecide } from '../../../decision/decide';
import type { Policy, Task } from '../../../types-policy';
import { choosingOf } from '../../choosing';
import { taskAsProfiled, withTasks } from '../as-profiled';
import { riskOf } from '../certify';
import type { PlannedRow } from './plan-row';

/**
 * What a policy may come to say of where a task begins: a start alone; a start and the task's strategies; the same with a
 * certificate of that tier, below which no strategy but a rule may begin.
 */
const MANNERS = ['start', 'strategy', 'certificate'] as const;

export type Manner = (typeof MANNERS)[number];

/** Manners that differ for the task. */
export function mannersOf(policy: Policy, task: Task): readonly Manner[] {
  return choosingOf(policy, task) === undefined ? ['start'] : MANNERS;
}

/**
 * Where a row would begin in each manner at each tier of its ladder, manner by manner; empty where no tier may take it.
 * What is certified is not known before every answer is judged, and prompts are read but once.
 */
export type PossibleStarts = (planned: PlannedRow) => readonly string[];

export function compilePossibleStarts(policy: Policy): PossibleStarts {
  const tasks = Object.values(policy.tasks);
  const tallest = Math.max(...tasks.map(({ ladder }) => ladder.length));
  const deciders = MANNERS.map((manner) =>
    Array.from({ length: tallest }, (_, height) => {
      const varied = tasks.map((task) => beginning(policy, task, manner, task.ladder[height] ?? task.start));
      return compileDecide(withTasks(policy, varied), estimateDecisionCost);
    }),
  );
  return ({ row, request, features, assessment, circumstances }) => {
    const task = policy.tasks[row.task] as Task;
    return mannersOf(policy, task).flatMap((manner) =>
      (deciders[MANNERS.indexOf(manner)] ?? [])
        .slice(0, task.ladder.length)
        .map((decide) => decide(request, features, assessment, circumstances).tier ?? ''),
    );
  };
}

function beginning(policy: Policy, task: Task, manner: Manner, tier: string): Task {
  const { target } = task;
  if (manner === 'certificate')
    return taskAsProfiled(policy, task, { tier, risk: riskOf(target.passRate), confidence: target.confidence });
  const bare = taskAsProfiled(policy, task, { refused: '', needed: null });
  const route = task.route === 'dispatch' ? 'direct' : task.route;
  return manner === 'strategy' ? { ...bare, start: tier } : { ...bare, start: tier, route, strategy: [] };
}
