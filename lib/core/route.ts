/**
 * The whole way of a request, on one page:
 *
 *   parse -> extract -> assess -> decide -> execute -> format -> attribute
 *
 * Each is a step of its own; nothing else joins them. What a policy fixes is compiled once, by `prepare`; what holds in the
 * world is asked for once, by `circumstances`; from `extract` to `decide` a request is planned, in `planning`.
 */

import { attribute } from './attribution/attribute';
import { priceUsage, strippedUsd } from './attribution/price';
import { estimateReserve } from './attribution/reserve';
import { overheadMs, totalCostUsd } from './attribution/totals';
import { keepAnswer, keepStanding, type RoutePorts, recallable, reportFault } from './circumstances';
import { type Compare, comparing, draw } from './control-draw';
import { asRouterError, RouterError } from './errors';
import { execute } from './execution/execute';
import { overhear } from './execution/overhear';
import type { ExecutionPorts } from './execution/plan';
import { type Planned, plan, spenderOf } from './planning';
import type { Prepared } from './prepare';
import { callerScope } from './request/caller-scope';
import { parseChatCompletions } from './request/chat-completions';
import { format } from './response/format';
import { formatError } from './response/format-error';
import { keeping, recall } from './response/kept-answer';
import { routingHeaders } from './response/routing-headers';
import { uncalled } from './response/uncalled';
import { soonest } from './soonest';
import { likenessOf } from './telemetry/likeness';
import type {
  Attribution,
  Caller,
  Chosen,
  Decision,
  Exclusion,
  Execution,
  FailedOutcome,
  Incoming,
  Refused,
  Request,
  Response,
} from './types';
import type { Exhausted, KeptAnswer } from './types-live';
import type { Task } from './types-policy';
import { planWithin, planWithout } from './within-budgets';

export type { Exchange, RoutePorts } from './circumstances';
export { type Prepared, prepare } from './prepare';

/** One request at the door. */
export interface Arrival {
  readonly incoming: Incoming;
  readonly caller: Caller;
  /** Aborted when the caller leaves. */
  readonly left: AbortSignal;
  /** UTC milliseconds at which the platform ends the request. */
  readonly endsAtMs?: number;
}

/** An answer on its way out, and the record of it once it has left. */
export interface Routed {
  readonly response: Response;
  /** Undefined for what was refused before it was understood. Never rejects; wait for it after the answer has left. */
  readonly attribution: Promise<Attribution | undefined>;
}

/** The decision for one request, no model called. Rejects with a RouterError for a request that cannot be understood. */
export async function dryRun(
  arrival: Pick<Arrival, 'incoming' | 'caller'>,
  prepared: Prepared,
  ports: RoutePorts,
): Promise<Decision> {
  const planned = await plan(parse(arrival, prepared, ports, ports.newRequestId()), prepared, ports);
  // What is given again costs nothing, so no budget is asked.
  const { request, features, decision } = planned;
  const { kept } = recallable(request, features, decision, prepared, ports);
  return told(kept === undefined ? (await planWithin(planned, prepared, ports)).decision : decision);
}

/** Takes one request the whole way. Never rejects: whatever goes wrong is a response. */
export async function route(arrival: Arrival, prepared: Prepared, ports: RoutePorts): Promise<Routed> {
  const requestId = ports.newRequestId();
  try {
    const planned = await plan(parse(arrival, prepared, ports, requestId), prepared, ports);
    return planned.decision.tier === null
      ? refuse(planned, prepared, ports)
      : await answer(planned, arrival, prepared, ports);
  } catch (thrown) {
    const error = asRouterError(thrown);
    reportFault(error, requestId, ports);
    return { response: formatError(error, requestId), attribution: Promise.resolve(undefined) };
  }
}

function parse(
  { incoming, caller }: Pick<Arrival, 'incoming' | 'caller'>,
  { policy }: Prepared,
  ports: RoutePorts,
  id: string,
): Request {
  return parseChatCompletions(incoming, policy, { id, caller, receivedAtMs: ports.nowMs() });
}

function refuse({ request, features, decision }: Planned, { policy }: Prepared, ports: RoutePorts): Routed {
  const { code, message, retryAfterMs } = (decision as Refused).refusal;
  const error = new RouterError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
  const trail = uncalled('refused', null, null);
  const atMs = ports.nowMs();
  const outcome = {
    status: error.status,
    error: error.code,
    abandoned: false,
    latencyMs: atMs - request.receivedAtMs,
    atMs,
  };
  return {
    response: formatError(error, request.id, routingHeaders(request, decision)),
    attribution: Promise.resolve(attribute(request, features, told(decision), trail, outcome, policy)),
  };
}

async function answer(planned: Planned, arrival: Arrival, prepared: Prepared, ports: RoutePorts): Promise<Routed> {
  const { request, features, gate } = planned;
  const { policy } = prepared;
  const decision = planned.decision as Chosen;
  const { key, kept } = recallable(request, features, decision, prepared, ports);
  if (kept !== undefined) return deliver(planned, recall(kept, request.stream), prepared, ports, { kept });
  const task = policy.tasks[decision.task] as Task;
  const purse = ports.budgets?.open(policy.budgets, spenderOf(request, features));
  const passedOver: Exclusion[] = [];
  const world: ExecutionPorts = {
    price: priceUsage,
    estimate: (tier, body, prefix) => estimateReserve(tier, policy, request, features, ports.nowMs(), body, prefix),
    caller: arrival.left,
    passedOver: (tier) => void passedOver.push(tier),
    ...ports,
    ...(purse !== undefined && { purse }),
    ...(arrival.endsAtMs !== undefined && { endsAtMs: arrival.endsAtMs }),
  };
  const isDrawn = draw(planned, task, prepared, ports);
  const execution = await execute({ request, features, decision, policy, task, gate }, world);
  if (execution.kind === 'failed') {
    if (!isShort(execution)) {
      const error = soonest(execution, planned, prepared, ports);
      return deliver(planned, Object.assign({}, execution, { error }), prepared, ports, { passedOver });
    }
    const without = await planWithout(planned, execution.exhausted, prepared, ports);
    return without.decision.tier === null
      ? refuse(without, prepared, ports)
      : answer(without, arrival, prepared, ports);
  }
  const heard = isDrawn ? overhear(execution) : undefined;
  const leaving = heard?.execution ?? execution;
  const keepable = key === undefined ? leaving : keeping(leaving, keepAnswer(key, task, prepared, ports));
  const compare = heard && comparing(planned, heard.answer, world, prepared, ports);
  return deliver(planned, keepable, prepared, ports, { compare, passedOver });
}

/** The answer in the caller's dialect, and the record of it once it has left. */
function deliver(planned: Planned, execution: Execution, prepared: Prepared, ports: RoutePorts, aside: Aside): Routed {
  const { request, features, decision } = planned;
  const elapsedMs = ports.nowMs() - request.receivedAtMs;
  const formatted = format(execution, {
    request,
    decision,
    costUsd: totalCostUsd,
    overheadMs: overheadMs(execution.trail, elapsedMs),
  });
  const response = ports.transcribe?.({ request, features, policy: prepared.policy }, formatted) ?? formatted;
  const leaving: Leaving = Object.assign({ execution, status: response.status, elapsedMs }, aside);
  return { response, attribution: settle(planned, leaving, prepared, ports) };
}

/**
 * A budget was short before anything was called. One that refuses is not why nobody answers where a tier took no call for a
 * reason of its own: that passes.
 */
function isShort(execution: FailedOutcome): execution is FailedOutcome & { readonly exhausted: Exhausted } {
  const { exhausted, trail, error } = execution;
  if (exhausted === undefined || trail.attempts.length > 0) return false;
  return exhausted.budget.onExhausted === 'downgrade' || error.code === 'budget_exceeded';
}

/** What an answer is beside itself. */
interface Aside {
  /** Where no tier was asked. */
  readonly kept?: KeptAnswer | undefined;
  /** Where the request was drawn for the control sample. */
  readonly compare?: Compare | undefined;
  /** Tiers of the decision's ladder that took no call when their turn came. */
  readonly passedOver?: readonly Exclusion[];
}

/** An answer on its way out. */
interface Leaving extends Aside {
  readonly execution: Execution;
  readonly status: number;
  /** Until it began to leave. */
  readonly elapsedMs: number;
}

/** The record, once the answer has ended. */
async function settle(
  planned: Planned,
  { execution, status, elapsedMs, kept, compare, passedOver }: Leaving,
  prepared: Prepared,
  ports: RoutePorts,
): Promise<Attribution> {
  const { request, features } = planned;
  const { policy } = prepared;
  const { trail, error } = execution.kind === 'stream' ? await execution.ended : { error: undefined, ...execution };
  if (error !== undefined) reportFault(error, request.id, ports);
  const decision = told(planned.decision, passedOver);
  const outcome = {
    status,
    abandoned: error?.failure === 'aborted',
    atMs: request.receivedAtMs,
    latencyMs: execution.kind === 'stream' ? ports.nowMs() - request.receivedAtMs : elapsedMs,
    savedUsd:
      kept === undefined ? strippedUsd(policy, trail.tier, planned.strippedTokens, request.receivedAtMs) : kept.costUsd,
    likeness: likenessOf(request.body.messages, JSON.stringify(callerScope(request.caller))),
    ...(error !== undefined && { error: error.code }),
    ...(execution.kind === 'stream' && { timeToFirstContentMs: elapsedMs }),
  };
  const record = attribute(request, features, decision, trail, outcome, policy);
  if (error === undefined && kept === undefined) keepStanding(request, features, record, prepared, ports);
  const controlled = error === undefined ? await compare?.(trail) : undefined;
  if (controlled === undefined) return record;
  const consultations = [...trail.consultations, controlled.consultation];
  const withControl = Object.assign({}, outcome, { control: controlled.sample });
  return attribute(request, features, decision, Object.assign({}, trail, { consultations }), withControl, policy);
}

/**
 * A decision as others read it: what the ladder's tiers met with when their turn came stands beside what the guards had
 * found, each as tier, reason and detail.
 */
function told(decision: Decision, passedOver: readonly Exclusion[] = []): Decision {
  const { excluded } = decision;
  if (passedOver.length === 0 && !excluded.some(({ lasting }) => lasting)) return decision;
  const found = excluded.map(({ tier, reason, detail }): Exclusion => ({ tier, reason, detail }));
  const byTier = new Map(passedOver.map((exclusion) => [exclusion.tier, exclusion]));
  return Object.assign({}, decision, { excluded: [...found, ...byTier.values()] });
}
