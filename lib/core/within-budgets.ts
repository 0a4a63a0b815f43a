/** What is planned anew where budgets have no room for what was. */

import { estimateReserve } from './attribution/reserve';
import type { RoutePorts } from './circumstances';
import { refusedByBudgets } from './decision/refusal';
import { asRouterError, type RouterError } from './errors';
import { bodyTo } from './execution/ask';
import { budgetError } from './execution/leave';
import { type Planned, planAgain, spenderOf } from './planning';
import type { Prepared } from './prepare';
import type { BudgetRoom } from './types-live';
import type { Task, Tier } from './types-policy';

/**
 * Once a budget had no room for the tier that was chosen: nobody, or the nearest tier that it can pay, as the budget says.
 */
export async function planWithout(
  planned: Planned,
  room: BudgetRoom,
  prepared: Prepared,
  ports: RoutePorts,
): Promise<Planned> {
  const { id, onExhausted } = room.budget;
  if (onExhausted === 'refuse')
    return refused(planned, budgetError(room), `budget "${id}" has no room for it`, prepared);
  const affordableUsd = Math.min(room.roomUsd, below(planned.affordableUsd));
  const cheaper = await planAgain(planned, prepared, ports, affordableUsd);
  return Object.assign({}, cheaper, { affordableUsd });
}

/** What would come of it with what budgets have left now. Nothing is set aside. */
export async function planWithin(planned: Planned, prepared: Prepared, ports: RoutePorts): Promise<Planned> {
  const { policy } = prepared;
  if (planned.decision.tier === null || policy.budgets.length === 0 || ports.budgets === undefined) return planned;
  let rooms: readonly BudgetRoom[];
  try {
    rooms = await ports.budgets.rooms(policy.budgets, spenderOf(planned.request, planned.features));
  } catch (thrown) {
    return refused(planned, asRouterError(thrown), 'the budgets that bind the request cannot be looked at', prepared);
  }
  let within = planned;
  for (let short = shortOf(within, rooms, prepared); short !== undefined; short = shortOf(within, rooms, prepared)) {
    within = await planWithout(within, short, prepared, ports);
  }
  return within;
}

/** The first of the budgets that has no room for the tier that was chosen. */
function shortOf(
  { request, features, decision, gate, world }: Planned,
  rooms: readonly BudgetRoom[],
  { policy }: Prepared,
): BudgetRoom | undefined {
  if (decision.tier === null) return undefined;
  const tier = policy.tiers[decision.tier] as Tier;
  const task = policy.tasks[decision.task] as Task;
  const body = bodyTo({ plan: { request, features, decision, policy, task, gate }, tier, draft: undefined });
  const { expectedUsd, worstUsd } = estimateReserve(tier, policy, request, features, world.nowMs, body);
  return rooms.find(({ budget, roomUsd }) => (budget.reserve === 'worst' ? worstUsd : expectedUsd) > roomUsd);
}

/** By budgets. What could have been chosen is pinned, or on the task's ladder. */
function refused(planned: Planned, error: RouterError, detail: string, { policy }: Prepared): Planned {
  const { request, decision } = planned;
  if (decision.tier === null) return planned;
  const { code, message, retryAfterMs: waitMs } = error;
  const tiers = request.pinned === undefined ? (policy.tasks[decision.task] as Task).ladder : [request.pinned];
  const refusal = { code, message, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
  return Object.assign({}, planned, { decision: refusedByBudgets(decision, tiers, refusal, detail) });
}

/** Half as much each time, so that a budget which others are spending too is not asked for ever. */
function below(affordableUsd: number | undefined): number {
  return affordableUsd === undefined ? Number.POSITIVE_INFINITY : affordableUsd / 2;
}
