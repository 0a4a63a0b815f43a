import { FAILURES, type RouterError } from '../errors';
import type { Tier } from '../types-policy';
import { type Answered, type CallSetup, completeCall, type Failed, heldCall, type Live, openCall } from './call';
import { bodyFor, type FailedDraft } from './hand-on';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import type { TierProvider } from './provider';
import type { AttemptResult, AttemptStart, Because, TrailKeeper } from './trail';
import { createWatch, type Watch } from './watch';

export interface Asking {
  readonly plan: ExecutionPlan;
  readonly tier: Tier;
  readonly because: Because;
  readonly draft: FailedDraft | undefined;
  readonly trail: TrailKeeper;
}

/** A whole answer that still has to be judged and booked. */
export interface AskedAnswer {
  readonly kind: 'answered';
  readonly answered: Answered;
  readonly start: AttemptStart;
  readonly result: AttemptResult;
}

/** A stream under way, to be booked when it ends. */
export interface AskedStream {
  readonly kind: 'live';
  readonly live: Live;
  readonly watch: Watch;
  readonly start: AttemptStart;
}

/** First pause before a retry without a Retry-After; doubled each time, with full jitter. */
const BACKOFF_MS = 100;
/** A tier that asks for a longer pause is left for the next one. */
const LONGEST_PAUSE_MS = 2000;

/** Asks one tier, and again after a failure that may pass, as often as its `retries` and the retry budget allow. */
export async function ask(asking: Asking, ports: ExecutionPorts): Promise<AskedAnswer | AskedStream | Failed> {
  const { plan, tier, trail } = asking;
  for (let retry = 0; ; retry += 1) {
    const result = await askOnce({ ...asking, because: retry === 0 ? asking.because : 'retry' }, ports);
    if (result.kind !== 'failed') return result;
    const mayRetry = retry < tier.retries && trail.retriesSpent < plan.policy.retryBudget;
    const pauseMs = pauseBefore(result.error, retry, ports.random());
    const longestMs = Math.min(LONGEST_PAUSE_MS, remainingMs(plan, ports));
    if (!mayRetry || !isPassing(result.error) || pauseMs > longestMs) return result;
    await ports.pause(pauseMs);
    if (ports.caller.aborted) return result;
    trail.began('retry');
  }
}

function isPassing({ failure }: RouterError): boolean {
  return failure !== undefined && FAILURES[failure].retry;
}

function pauseBefore(error: RouterError, retry: number, random: number): number {
  return error.retryAfterMs ?? random * BACKOFF_MS * 2 ** retry;
}

/** Milliseconds left of the request's deadline: what its ladder may take at most, or what the platform leaves. */
export function remainingMs({ request, decision, policy }: ExecutionPlan, { nowMs, endsAtMs }: ExecutionPorts): number {
  let ladderMs = 0;
  for (const id of decision.ladder) {
    const tier = policy.tiers[id] as Tier;
    ladderMs += tier.timeouts.totalMs * (1 + tier.retries);
  }
  const endsAt = Math.min(request.receivedAtMs + ladderMs, endsAtMs ?? Number.POSITIVE_INFINITY);
  return endsAt - nowMs();
}

async function askOnce(asking: Asking, ports: ExecutionPorts): Promise<AskedAnswer | AskedStream | Failed> {
  const { plan, tier, because, trail } = asking;
  const start: AttemptStart = { tier, model: modelOf(tier, plan.task.id), because, startedAtMs: ports.nowMs() };
  const watch = createWatch(tier.id, Math.min(tier.timeouts.totalMs, remainingMs(plan, ports)), ports.caller);
  const setup = callSetup(asking, start, watch, ports);
  const called = await callFor(plan)(setup);
  if (called.kind === 'live') return { kind: 'live', live: called, watch, start };
  const endedAtMs = ports.nowMs();
  if (called.kind === 'failed') {
    trail.ended(start, { endedAtMs, usage: called.usage, error: called.error });
    return called;
  }
  const { usage, firstContentAtMs, answer } = called;
  return {
    kind: 'answered',
    answered: called,
    start,
    result: { endedAtMs, usage, firstContentAtMs, servedModel: answer.model },
  };
}

/** In one piece, live, or held back until judged. */
function callFor({ request, gate }: ExecutionPlan): (setup: CallSetup) => Promise<Answered | Live | Failed> {
  if (!request.stream) return completeCall;
  return gate === undefined ? openCall : heldCall;
}

function modelOf(tier: Tier, task: string): string {
  return Object.hasOwn(tier.adapters, task) ? (tier.adapters[task] as string) : tier.model;
}

function callSetup({ plan, tier, draft }: Asking, start: AttemptStart, watch: Watch, ports: ExecutionPorts): CallSetup {
  const { request, task, features } = plan;
  const prompt = Object.hasOwn(task.prompts, tier.id) ? task.prompts[tier.id] : undefined;
  const hinted = request.hints.latencyBudgetMs ?? Number.POSITIVE_INFINITY;
  return {
    provider: ports.providers[tier.provider] as TierProvider,
    tier,
    call: { tier, model: start.model, body: bodyFor(request.body, prompt, task.handOn, draft), signal: watch.signal },
    watch,
    nowMs: ports.nowMs,
    choices: request.choices,
    inputTokens: features.inputTokens,
    firstTokenMs: Math.min(tier.timeouts.firstTokenMs, hinted),
  };
}
