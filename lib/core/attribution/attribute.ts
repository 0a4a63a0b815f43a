import { DOCUMENT_SCHEMA } from '../contract';
import type { Attempt, Attribution, Decision, Features, Request, Trail, Usage } from '../types';
import type { ControlSample } from '../types-feedback';
import type { Policy } from '../types-policy';
import { frontierCost } from './price';
import { attemptsCostUsd, overheadMs, routingCostUsd } from './totals';

/** How a request ended, as the caller saw it. */
export interface Outcome {
  /** HTTP status. */
  readonly status: number;
  /** Code of the error the caller got. */
  readonly error?: string | undefined;
  /** The caller left before the answer ended. */
  readonly abandoned: boolean;
  readonly latencyMs: number;
  readonly timeToFirstContentMs?: number | undefined;
  /** The record's time, UTC milliseconds. */
  readonly atMs: number;
  /** What a kept answer or stripped context saved. */
  readonly savedUsd?: number | undefined;
  /** Of the prompt; see `telemetry/likeness.ts`. */
  readonly likeness?: string | undefined;
  /** What another tier made of the same question. */
  readonly control?: ControlSample | undefined;
}

const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};

/** The record of one request, from what every step of the walk left behind. Holds neither prompt nor answer. */
export function attribute(
  request: Request,
  features: Features,
  decision: Decision,
  trail: Trail,
  outcome: Outcome,
  policy: Policy,
): Attribution {
  const answering = answeringAttempt(trail);
  const usage = answering?.usage ?? NO_USAGE;
  const upRouted = decision.tier !== null && decision.upRouted;
  return {
    schema: DOCUMENT_SCHEMA,
    requestId: request.id,
    time: new Date(outcome.atMs).toISOString(),
    task: features.task,
    policy: decision.policy,
    decision,
    attempts: trail.attempts.map((attempt) => located(attempt, policy)),
    consultations: trail.consultations.map((consultation) => located(consultation, policy)),
    tier: trail.tier,
    model: trail.model,
    reason: trail.reason,
    status: outcome.status,
    stream: request.stream,
    abandoned: outcome.abandoned,
    usage,
    costUsd: attemptsCostUsd(trail),
    frontierCostUsd: frontierCost(policy, usage, outcome.atMs),
    routingCostUsd: routingCostUsd(trail),
    latencyMs: outcome.latencyMs,
    overheadMs: overheadMs(trail, outcome.latencyMs),
    upRouted: upRouted ? 1 : 0,
    escalated: !upRouted && climbed(features, decision, trail, policy) ? 1 : 0,
    escalations: trail.escalations,
    fallbacks: trail.fallbacks,
    retries: trail.retries,
    ...given({
      clientRequestId: request.clientRequestId,
      customer: request.caller.customer,
      keyId: request.caller.keyId,
      feature: features.feature,
      userTier: features.userTier,
      session: request.hints.session,
      error: outcome.error,
      timeToFirstContentMs: outcome.timeToFirstContentMs,
      savedUsd: outcome.savedUsd,
      likeness: outcome.likeness,
      control: outcome.control,
      verdict: answering?.verdict ?? trail.attempts.findLast((attempt) => attempt.verdict !== undefined)?.verdict,
    }),
  };
}

/** The call whose answer left: a draft that no oracle passed may leave too, and so may the beginning of a cut stream. */
function answeringAttempt(trail: Trail): Attempt | undefined {
  const calls = trail.attempts.filter((attempt) => attempt.tier === trail.tier);
  const answered = calls.findLast((attempt) => attempt.outcome !== 'failed');
  // Of a stream that was asked for again in vain, the call that had words for the caller.
  const begun = calls.findLast(({ cause, timeToFirstTokenMs: words }) => cause !== 'diverged' && words !== undefined);
  return answered ?? begun ?? calls.findLast(({ cause }) => cause !== 'diverged') ?? calls.at(-1);
}

function located<Call extends { readonly tier: string }>(
  call: Call,
  policy: Policy,
): Call & { readonly location: string; readonly retentionDays?: number } {
  const tier = policy.tiers[call.tier];
  const place = { location: tier?.location ?? 'anywhere' };
  return Object.assign(
    place,
    call,
    tier?.retentionDays === undefined ? undefined : { retentionDays: tier.retentionDays },
  );
}

/** Began at the first tier of the task's whole ladder, which nobody had named, and ended higher because a check failed. */
function climbed(features: Features, decision: Decision, trail: Trail, policy: Policy): boolean {
  const first = policy.tasks[features.task]?.ladder[0];
  if (first === undefined || decision.tier === null || decision.tier !== first) return false;
  if (decision.placed === 'pin' || decision.placed === 'override') return false;
  // Where nobody's answer left, the highest that was asked tells how far it went.
  return trail.escalations > 0 && trail.tier !== first && trail.attempts.some(({ tier }) => tier !== first);
}

type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** Without the members that have no value. */
function given<Values extends object>(values: Values): Given<Values> {
  const kept: Partial<Values> = {};
  for (const name in values) if (values[name] !== undefined) kept[name] = values[name];
  return kept as Given<Values>;
}
