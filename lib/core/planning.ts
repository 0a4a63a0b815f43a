/** What a request is understood to be, and what is decided of it. */

import { circumstances, type RoutePorts } from './circumstances';
import { RouterError } from './errors';
import { inputTokens } from './features/tokens';
import type { Prepared } from './prepare';
import { stripContext } from './request/strip-context';
import { withoutStore } from './request/without-store';
import type { Circumstances, Decision, Features, Gate, Request } from './types';
import type { Spender } from './types-live';

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
