/** What a request is understood to be, and what is decided of it. */

import { estimateReserve } from './attribution/reserve';
import { circumstances, momentOf, type RoutePorts } from './circumstances';
import { latencyBudgetOf } from './decision/eligibility';
import { refusedByBudgets } from './decision/refusal';
import { retryAfterMs } from './decision/retry-after';
import { asRouterError, RouterError } from './errors';
import { bodyTo } from './execution/ask';
import { retold } from './execution/in-vain';
import { budgetError } from './execution/leave';
import { inputTokens } from './features/tokens';
import type { Prepared } from './prepare';
import { stripContext } from './request/strip-context';
import { withoutStore } from './request/without-store';
import { UNTOLD_MS } from './response/format-error';
import type { Circumstances, Decision, FailedOutcome, Features, Gate, Request } from './types';
import type { BudgetRoom, Spender } from './types-live';
import type { Task, Tier } from './types-policy';

interface Understood {
  readonly request: Request;
  readonly features: Features;
  /** Of the prompt, as estimated: what its task had stripped. */
  readonly strippedTokens: number;
}

export interface Planned extends Understood {
  readonly decision: Decision;
  readonly gate: Gate | undefined;
  /** What it was decided by. */
  readonly world: Circumstances;
  /** What a budget had left when it had no room for what was planned before. */
  readonly affordableUsd?: number;
}

export function plan(request: Request, prepared: Prepared, ports: RoutePorts): Promise<Planned> {
  return planAgain(stripped(request, extractAllowed(request, prepared), prepared), prepared, ports);
}

/** With what a budget has left, once it had no room for the tier that was chosen. */
export async function planAgain(
  { request, features, strippedTokens }: Understood,
  prepared: Prepared,
  ports: RoutePorts,
  affordableUsd?: number,
): Promise<Planned> {
  const world = await circumstances(request, features, prepared, ports, affordableUsd);
  const decision = prepared.decide(request, features, prepared.assess(features), world);
  return { request, features, strippedTokens, decision, gate: gateOf(features, decision, prepared), world };
}

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

/**
 * The error that a request has failed with, telling when to ask again: once the first of the tiers that may answer it is
 * back, be it the one that failed last or another; soon, where the next request would begin at a tier that this one never
 * called. Where all take nothing now, it is what the next request would be told.
 */
export function soonest(
  { error, trail }: FailedOutcome,
  { request, features, world }: Planned,
  { policy, decide, assess }: Prepared,
  ports: RoutePorts,
): RouterError {
  const ownMs = error.retryAfterMs ?? (error.status === 503 ? UNTOLD_MS : undefined);
  if (ownMs === undefined || error.failure === undefined) return error;
  const now: Circumstances = Object.assign({}, world, momentOf(request, features, policy, ports));
  const { tier, excluded } = decide(request, features, assess(features), now);
  const backMs = retryAfterMs(excluded, features, now, latencyBudgetOf(policy.tasks[features.task], features));
  if (tier === null) return backMs === undefined ? error : retold(error, { retryAfterMs: backMs });
  const isAnother = trail.attempts.every((attempt) => attempt.tier !== tier);
  const soonestMs = Math.min(backMs ?? ownMs, isAnother ? UNTOLD_MS : ownMs);
  return soonestMs < ownMs ? retold(error, { retryAfterMs: soonestMs }) : error;
}

/**
 * What the task wants stripped is gone before anything reckons with the prompt's length; what it says is read as it was.
 * Nor does a wish travel on that the answer be kept where the prompt may be kept for so long and no longer.
 */
function stripped(request: Request, features: Features, { policy }: Prepared): Understood {
  const lean = policy.tasks[features.task]?.stripContext ? stripContext(request.body) : request.body;
  const body = features.maxRetentionDays === undefined ? lean : withoutStore(lean);
  if (body === request.body) return { request, features, strippedTokens: 0 };
  const leanTokens =
    lean === request.body ? features.inputTokens : Math.min(features.inputTokens, inputTokens(lean).total);
  return {
    request: Object.assign({}, request, { body }),
    features: Object.assign({}, features, { inputTokens: leanTokens }),
    strippedTokens: features.inputTokens - leanTokens,
  };
}

/** A key may be limited to some tasks. What was only recognised as another task still counts as the default one. */
function extractAllowed(request: Request, prepared: Prepared): Features {
  const features = extractGated(request, prepared);
  const { tasks } = request.caller;
  if (tasks === undefined || tasks.includes(features.task)) return features;
  const { defaultTask } = prepared.policy;
  if (features.taskSource === 'recognised' && tasks.includes(defaultTask)) {
    return extractGated(askingFor(defaultTask, request), prepared);
  }
  throw new RouterError('forbidden', `The key may not use task "${features.task}".`);
}

/** D3: a request of high consequence needs a check that runs in production, whichever way it became one. */
function extractGated(request: Request, prepared: Prepared): Features {
  const { extract, policy } = prepared;
  const features = extract(request);
  if (isGated(features, prepared)) return features;
  if (features.taskSource === 'recognised') {
    const byDefault = extract(askingFor(policy.defaultTask, request));
    if (isGated(byDefault, prepared)) return byDefault;
  }
  throw new RouterError(
    'invalid_request',
    `Task "${features.task}" has no check that runs in production, so it cannot take requests of high consequence. ` +
      'Name a task that has one, or give this one an oracle.',
    { param: 'blast_radius' },
  );
}

/** As if its caller had named the task. */
function askingFor(task: string, request: Request): Request {
  return Object.assign({}, request, { hints: Object.assign({}, request.hints, { task }) });
}

function isGated({ consequence, task }: Features, { gates }: Prepared): boolean {
  return consequence !== 'high' || gates.has(task);
}

/** What judges the answer: all of the task's checks, or nothing where the route asks for none. */
function gateOf({ consequence }: Features, { task, route: kind }: Decision, { gates }: Prepared): Gate | undefined {
  return kind === 'static' && consequence !== 'high' ? undefined : gates.get(task);
}

/** Whom the request's money is counted against. */
export function spenderOf({ caller }: Request, { task }: Features): Spender {
  const { customer, keyId } = caller;
  return { task, ...(customer !== undefined && { customer }), ...(keyId !== undefined && { keyId }) };
}
