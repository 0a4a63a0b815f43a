import { FAILURES, type RouterError } from '../errors';
import type { ChatBody } from '../types-chat';
import type { Prefix } from '../types-live';
import type { Tier } from '../types-policy';
import { firstTokens } from './beginning';
import { type Answered, completeCall, type Failed, heldCall, type Live, openCall, type StreamSetup } from './call';
import { bodyContinuing } from './continuation';
import { bodyFor, type FailedDraft } from './hand-on';
import { type Intent, isWithheld, obtainLeave } from './leave';
import { measureOf } from './measure';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import { providerOf } from './provider';
import type { AttemptResult, AttemptStart, Because, TrailKeeper } from './trail';
import { createWatch, type Watch } from './watch';

export interface Asking {
  readonly plan: ExecutionPlan;
  readonly tier: Tier;
  readonly because: Because;
  readonly draft: FailedDraft | undefined;
  readonly trail: TrailKeeper;
  /** How often this tier has been asked before for the request; absent: never. */
  readonly retry?: number;
  /** Set where a stream that the caller has seen the beginning of is to be taken up. */
  readonly takeUp?: TakeUp;
  /** Told once the call has leave to be made, before it is: what it replaces may end. Told again it does nothing. */
  readonly replaces?: (() => void) | undefined;
}

export interface TakeUp {
  /** What the tier is given to go on from; undefined where it is to repeat what was sent. */
  readonly prefix: Prefix | undefined;
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
  readonly asking: Asking;
}

/** First pause before a retry, doubled each time: half of it at least, so that no draw is none, and the rest by chance. */
const BACKOFF_MS = 100;
/** A tier that asks for a longer pause is left for the next one. */
const LONGEST_PAUSE_MS = 2000;

/** With less than this left of the deadline a call could only be begun and billed. More than timers and clocks differ by. */
export const LEAST_MS = 10;

/** Asks one tier, and again after a failure that may pass, as often as its `retries` and the retry budget allow. */
export async function ask(asking: Asking, ports: ExecutionPorts): Promise<AskedAnswer | AskedStream | Failed> {
  const { plan, tier, draft, trail, replaces } = asking;
  const callsBefore = trail.calls;
  let failed: RouterError | undefined;
  for (let retry = 0; ; retry += 1) {
    const because = trail.calls > callsBefore ? 'retry' : asking.because;
    const turn: Asking = { plan, tier, draft, trail, retry, because, replaces };
    const result = await askOnce(turn, ports);
    if (result.kind !== 'failed') return result;
    // What a tier has failed at is told, not that there is no money to ask it again.
    if (failed !== undefined && result.exhausted !== undefined) return Object.assign({}, result, { error: failed });
    failed = result.error;
    const pauseMs = pauseBeforeRetry(turn, result.error, ports);
    if (pauseMs === undefined) return result;
    await ports.pause(pauseMs);
    if (ports.caller.aborted) return result;
  }
}

/** Milliseconds to wait before the tier is asked once more; undefined where it is not to be. */
export function pauseBeforeRetry(asking: Asking, error: RouterError, ports: ExecutionPorts): number | undefined {
  const { plan, tier, trail, retry = 0 } = asking;
  const backoffMs = ((1 + ports.random()) / 2) * BACKOFF_MS * 2 ** retry;
  // What a tier asks for is the least of it: some ask for 0.
  const pauseMs = Math.max(error.retryAfterMs ?? 0, backoffMs);
  const longestMs = Math.min(LONGEST_PAUSE_MS, remainingMs(plan, ports) - LEAST_MS);
  const mayRetry = retry < tier.retries && trail.retriesSpent < plan.policy.retryBudget;
  return mayRetry && isPassing(error) && pauseMs <= longestMs ? pauseMs : undefined;
}

function isPassing({ failure }: RouterError): boolean {
  return failure !== undefined && FAILURES[failure].retry;
}

/** Whether the request goes on along the ladder after the failure. */
export function movesOn({ failure }: RouterError): boolean {
  return failure !== undefined && FAILURES[failure].next;
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

/** Makes one call to the tier, once tier and budgets give leave. */
export async function askOnce(asking: Asking, ports: ExecutionPorts): Promise<AskedAnswer | AskedStream | Failed> {
  const { plan, tier, because, trail } = asking;
  const watch = createWatch(tier.id, Math.min(tier.timeouts.totalMs, remainingMs(plan, ports)), ports.caller);
  const body = bodyTo(asking);
  const leave = await obtainLeave(intentOf(asking, body, ports), watch, ports);
  if (isWithheld(leave)) {
    watch.end();
    return { kind: 'failed', ...leave };
  }
  trail.began(because);
  asking.replaces?.();
  const start: AttemptStart = { tier, model: modelOf(tier, plan.task.id), because, startedAtMs: ports.nowMs(), leave };
  const called = await callFor(asking)(streamSetup(asking, start.model, body, watch, ports));
  if (called.kind === 'live') return { kind: 'live', live: called, watch, start, asking };
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

function intentOf({ plan, tier, takeUp }: Asking, body: ChatBody, ports: ExecutionPorts): Intent {
  const tokens = plan.features.inputTokens + plan.features.expectedOutputTokens;
  return { tier, tokens, estimate: () => ports.estimate(tier, body, takeUp?.prefix) };
}

/** In one piece, live, or held back until judged. What is taken up repeats, or goes on from, what has passed already. */
function callFor({
  plan: { request, gate },
  takeUp,
}: Asking): (setup: StreamSetup) => Promise<Answered | Live | Failed> {
  if (!request.stream) return completeCall;
  return gate === undefined || takeUp !== undefined ? openCall : heldCall;
}

/** The model, or the fine-tune for the task, that is asked of a tier. */
export function modelOf(tier: Tier, task: string): string {
  return Object.hasOwn(tier.adapters, task) ? (tier.adapters[task] as string) : tier.model;
}

/** What a tier is sent of the request. */
export function bodyTo({ plan, tier, draft, takeUp }: Pick<Asking, 'plan' | 'tier' | 'draft' | 'takeUp'>): ChatBody {
  const { request, task } = plan;
  const prompt = Object.hasOwn(task.prompts, tier.id) ? task.prompts[tier.id] : undefined;
  const body = bodyFor(request.body, prompt, task.handOn, draft);
  return takeUp?.prefix === undefined ? body : bodyContinuing(body, takeUp.prefix);
}

function streamSetup(
  { plan, tier, takeUp }: Asking,
  model: string,
  body: ChatBody,
  watch: Watch,
  ports: ExecutionPorts,
): StreamSetup {
  const { request, features } = plan;
  // A latency budget never cuts an answer that has begun.
  const hinted = (takeUp === undefined ? request.hints.latencyBudgetMs : undefined) ?? Number.POSITIVE_INFINITY;
  const provider = providerOf(tier, ports.providers);
  const measure = takeUp === undefined ? measureOf(plan, tier, provider) : undefined;
  return {
    provider: measure?.provider ?? provider,
    call: { tier, model, body, signal: watch.signal },
    watch,
    nowMs: ports.nowMs,
    choices: request.choices,
    inputTokens: features.inputTokens + (takeUp?.prefix?.tokens ?? 0),
    firstTokenMs: Math.min(tier.timeouts.firstTokenMs, hinted),
    mayAddNothing: takeUp?.prefix !== undefined,
    measure,
    heldTokens: firstTokens(plan),
  };
}
