/**
 * The whole way of a request, on one page:
 *
 *   parse -> extract -> assess -> decide -> execute -> format -> attribute
 *
 * Each is a step of its own; nothing else joins them. What a policy fixes is compiled once, by `prepare`.
 */

import { compileAssess } from './assessment/assess';
import { attribute } from './attribution/attribute';
import { estimateDecisionCost, priceUsage } from './attribution/price';
import { overheadMs, totalCostUsd } from './attribution/totals';
import { compileDecide } from './decision/decide';
import { asRouterError, RouterError } from './errors';
import { execute } from './execution/execute';
import type { ExecutionPorts } from './execution/plan';
import type { Providers } from './execution/provider';
import { compileExtract } from './features/extract';
import { compileGate } from './oracle/compile';
import { parseChatCompletions } from './request/chat-completions';
import { format } from './response/format';
import { formatError } from './response/format-error';
import { routingHeaders } from './response/routing-headers';
import type {
  Attribution,
  Caller,
  Circumstances,
  Decision,
  Execution,
  Features,
  Gate,
  Incoming,
  Request,
  Response,
  Trail,
} from './types';
import type { Policy } from './types-policy';

/** A policy with everything compiled that a request needs of it. */
export interface Prepared {
  readonly policy: Policy;
  readonly extract: ReturnType<typeof compileExtract>;
  readonly assess: ReturnType<typeof compileAssess>;
  readonly decide: ReturnType<typeof compileDecide>;
  /** By task; a task without an entry has no check that runs in production. */
  readonly gates: ReadonlyMap<string, Gate>;
}

/** What a process gives to every request. */
export interface RoutePorts extends Pick<ExecutionPorts, 'nowMs' | 'random' | 'pause'> {
  readonly providers: Providers;
  readonly newRequestId: () => string;
  /** Told of what nobody foresaw; the caller hears only that the router failed. */
  readonly onFault?: (fault: unknown, requestId: string) => void;
}

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

export async function prepare(policy: Policy): Promise<Prepared> {
  const gates = new Map<string, Gate>();
  for (const task of Object.values(policy.tasks)) {
    const gate = await compileGate(task);
    if (gate !== undefined) gates.set(task.id, gate);
  }
  return {
    policy,
    extract: compileExtract(policy),
    assess: compileAssess(policy),
    decide: compileDecide(policy, estimateDecisionCost),
    gates,
  };
}

/** The decision for one request, no model called. Throws a RouterError for a request that cannot be understood. */
export function dryRun(arrival: Pick<Arrival, 'incoming' | 'caller'>, prepared: Prepared, ports: RoutePorts): Decision {
  return plan(parse(arrival, prepared, ports, ports.newRequestId()), prepared, ports).decision;
}

/** Takes one request the whole way. Never rejects: whatever goes wrong is a response. */
export async function route(arrival: Arrival, prepared: Prepared, ports: RoutePorts): Promise<Routed> {
  const requestId = ports.newRequestId();
  try {
    const planned = plan(parse(arrival, prepared, ports, requestId), prepared, ports);
    return planned.decision.tier === null
      ? refuse(planned, prepared, ports)
      : await answer(planned, arrival, prepared, ports);
  } catch (thrown) {
    const error = asRouterError(thrown);
    reportFault(error, requestId, ports);
    return { response: formatError(error, requestId), attribution: Promise.resolve(undefined) };
  }
}

function reportFault(error: RouterError, requestId: string, { onFault }: RoutePorts): void {
  if (error.code === 'internal' && error.failure === undefined) onFault?.(error.cause, requestId);
}

interface Planned {
  readonly request: Request;
  readonly features: Features;
  readonly decision: Decision;
  readonly gate: Gate | undefined;
}

function parse(
  { incoming, caller }: Pick<Arrival, 'incoming' | 'caller'>,
  { policy }: Prepared,
  ports: RoutePorts,
  id: string,
): Request {
  return parseChatCompletions(incoming, policy, { id, caller, receivedAtMs: ports.nowMs() });
}

function plan(request: Request, prepared: Prepared, ports: RoutePorts): Planned {
  const features = extractGated(request, prepared);
  const decision = prepared.decide(
    request,
    features,
    prepared.assess(features),
    circumstances(request, features, prepared, ports),
  );
  return { request, features, decision, gate: gateOf(features, decision, prepared) };
}

/** D3: a request of high consequence needs a check that runs in production, whichever way it became one. */
function extractGated(request: Request, prepared: Prepared): Features {
  const { extract, policy } = prepared;
  const features = extract(request);
  if (isGated(features, prepared)) return features;
  if (features.taskSource === 'recognised') {
    const byDefault = extract({ ...request, hints: { ...request.hints, task: policy.defaultTask } });
    if (isGated(byDefault, prepared)) return byDefault;
  }
  throw new RouterError(
    'invalid_request',
    `Task "${features.task}" has no check that runs in production, so it cannot take requests of high consequence. ` +
      'Name a task that has one, or give this one an oracle.',
    { param: 'blast_radius' },
  );
}

function isGated({ consequence, task }: Features, { gates }: Prepared): boolean {
  return consequence !== 'high' || gates.has(task);
}

/** What judges the answer: all of the task's checks, or nothing where the route asks for none. */
function gateOf({ consequence }: Features, { task, route: kind }: Decision, { gates }: Prepared): Gate | undefined {
  return kind === 'static' && consequence !== 'high' ? undefined : gates.get(task);
}

function circumstances(
  { body, pinned }: Request,
  { task }: Features,
  { policy }: Prepared,
  ports: RoutePorts,
): Circumstances {
  const unsupported: Record<string, readonly string[]> = {};
  for (const id of pinned === undefined ? (policy.tasks[task]?.ladder ?? []) : [pinned]) {
    const tier = policy.tiers[id];
    const fields = tier && ports.providers[tier.provider]?.unsupported(body, tier);
    if (fields !== undefined && fields.length > 0) unsupported[id] = fields;
  }
  return { nowMs: ports.nowMs(), unsupported };
}

function refuse({ request, features, decision }: Planned, { policy }: Prepared, ports: RoutePorts): Routed {
  const { refusal } = decision as Extract<Decision, { tier: null }>;
  const error = new RouterError(refusal.code, refusal.message);
  const trail: Trail = {
    attempts: [],
    tier: null,
    model: null,
    reason: 'refused',
    escalations: 0,
    fallbacks: 0,
    retries: 0,
  };
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
    attribution: Promise.resolve(attribute(request, features, decision, trail, outcome, policy)),
  };
}

async function answer(planned: Planned, arrival: Arrival, prepared: Prepared, ports: RoutePorts): Promise<Routed> {
  const { request, features, gate } = planned;
  const { policy } = prepared;
  const decision = planned.decision as Extract<Decision, { tier: string }>;
  const task = policy.tasks[decision.task] as Policy['tasks'][string];
  const world: ExecutionPorts = {
    price: priceUsage,
    caller: arrival.left,
    ...ports,
    ...(arrival.endsAtMs !== undefined && { endsAtMs: arrival.endsAtMs }),
  };
  const execution = await execute({ request, features, decision, policy, task, gate }, world);
  const elapsedMs = ports.nowMs() - request.receivedAtMs;
  const response = format(execution, {
    request,
    decision,
    costUsd: totalCostUsd,
    overheadMs: overheadMs(execution.trail, elapsedMs),
  });
  return { response, attribution: settle(planned, execution, response.status, elapsedMs, policy, ports) };
}

/** The record, once the answer has ended. */
async function settle(
  { request, features, decision }: Planned,
  execution: Execution,
  status: number,
  elapsedMs: number,
  policy: Policy,
  ports: RoutePorts,
): Promise<Attribution> {
  const { trail, error } = execution.kind === 'stream' ? await execution.ended : { error: undefined, ...execution };
  if (error !== undefined) reportFault(error, request.id, ports);
  const outcome = {
    status,
    abandoned: error?.failure === 'aborted',
    atMs: request.receivedAtMs,
    latencyMs: execution.kind === 'stream' ? ports.nowMs() - request.receivedAtMs : elapsedMs,
    ...(error !== undefined && { error: error.code }),
    ...(execution.kind === 'stream' && { timeToFirstContentMs: elapsedMs }),
  };
  return attribute(request, features, decision, trail, outcome, policy);
}
