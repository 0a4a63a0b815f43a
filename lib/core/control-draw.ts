/** The control sample: a few requests, drawn by chance, whose question is put to another tier too. */

import { totalCostUsd } from './attribution/totals';
import { type RoutePorts, reportFault } from './circumstances';
import { asRouterError } from './errors';
import { type Controlled, control, controlBudget, mayBeDrawn } from './execution/control';
import type { ExecutionPorts } from './execution/plan';
import { type Planned, planAgain, spenderOf } from './planning';
import type { Prepared } from './prepare';
import type { Answer, Chosen, Gate, Trail } from './types';
import type { Task } from './types-policy';

/** By chance alone, and before anything is asked, so that those drawn are like those that are not. */
export function draw(
  { request }: Planned,
  task: Task,
  { policy, graders }: Prepared,
  { budgets, random }: RoutePorts,
): boolean {
  return (
    budgets !== undefined && mayBeDrawn(policy, task, request, graders.get(task.id)) && random() < policy.control.share
  );
}

/** What another tier makes of the same question, once its answer has left. Never rejects. */
export type Compare = (trail: Trail) => Promise<Controlled | undefined>;

export function comparing(
  planned: Planned,
  answerGiven: () => Answer | undefined,
  world: ExecutionPorts,
  prepared: Prepared,
  ports: RoutePorts,
): Compare {
  const { request, features } = planned;
  const { policy, graders } = prepared;
  const decision = planned.decision as Chosen;
  const task = policy.tasks[decision.task] as Task;
  const purse = ports.budgets?.open([...policy.budgets, controlBudget(policy)], spenderOf(request, features));
  // Whoever asked may have left by now.
  const caller = ports.hurry ?? new AbortController().signal;
  const behind: ExecutionPorts = Object.assign({}, world, { purse, caller });
  const grade = graders.get(task.id) as Gate;
  const eligible = () => eligibleNow(planned, task, prepared, ports);
  return async (trail) => {
    try {
      await ports.pause(0);
      const answer = answerGiven();
      const given = answer && { answer, trail, costUsd: totalCostUsd(trail) };
      return given && (await control(given, { request, features, decision, policy, task, grade, eligible }, behind));
    } catch (thrown) {
      reportFault(asRouterError(thrown), request.id, ports);
      return undefined;
    }
  };
}

/** Every guard is asked again: much may have happened since the request came. */
async function eligibleNow(planned: Planned, task: Task, prepared: Prepared, ports: RoutePorts): Promise<string[]> {
  const { decision } = await planAgain(planned, prepared, ports, planned.affordableUsd);
  const excluded = new Set(decision.excluded.map(({ tier }) => tier));
  return task.ladder.filter((id) => !excluded.has(id));
}
