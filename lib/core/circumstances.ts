import { totalCostUsd } from './attribution/totals';
import type { RouterError } from './errors';
import type { ExecutionPorts } from './execution/plan';
import type { Providers } from './execution/provider';
import type { Prepared } from './prepare';
import { promptTokens } from './prompt-tokens';
import { answerKey } from './request/answer-key';
import { sessionKey } from './request/session-key';
import type { Attribution, Circumstances, Features, Request, Response, Trail } from './types';
import type {
  AnswerCache,
  Budgets,
  KeptAnswer,
  SessionStanding,
  Sessions,
  Switch,
  TierHealth,
  TierState,
} from './types-live';
import type { Policy, Task } from './types-policy';

/** A request that was understood, and the policy that it is held to. */
export interface Exchange {
  readonly request: Request;
  readonly features: Features;
  readonly policy: Policy;
}

/** What a process gives to every request. */
export interface RoutePorts extends Pick<ExecutionPorts, 'nowMs' | 'random' | 'pause'> {
  readonly providers: Providers;
  readonly newRequestId: () => string;
  /** Told of what nobody foresaw; the caller hears only that the router failed. */
  readonly onFault?: (fault: unknown, requestId: string) => void;
  /** Live state of the tiers; absent: all take calls at any time. */
  readonly health?: TierHealth;
  /** What the person on call has switched. Never waits. */
  readonly switches?: () => readonly Switch[];
  /** Absent: no budget is kept. */
  readonly budgets?: Budgets;
  readonly sessions?: Sessions;
  readonly answers?: AnswerCache;
  /** Hears what leaves, and gives back what is to leave. Never throws, never waits. */
  readonly transcribe?: (exchange: Exchange, response: Response) => Response;
  /** Aborted when records must not wait any longer for what is done behind their answers. Absent: they always may. */
  readonly hurry?: AbortSignal;
}

/** Tells of what nobody foresaw. */
export function reportFault(error: RouterError, requestId: string, { onFault }: RoutePorts): void {
  if (error.code === 'internal' && error.failure === undefined) onFault?.(error.cause, requestId);
}

/** What holds in the world for one request, asked of the ports once. Waits for a session alone. */
export async function circumstances(
  request: Request,
  features: Features,
  { policy }: Prepared,
  ports: RoutePorts,
  affordableUsd: number | undefined,
): Promise<Circumstances> {
  const { pinned } = request;
  const { sessions } = ports;
  const key = sessions && pinned === undefined ? sessionKey(request, features, policy) : undefined;
  const session = sessions && key !== undefined ? await standingOf(key, sessions) : undefined;
  const moment = momentOf(request, features, policy, ports);
  return Object.assign(moment, session !== undefined && { session }, affordableUsd !== undefined && { affordableUsd });
}

/** As much of it as can be told without waiting. */
export function momentOf(
  { body, pinned }: Request,
  { task }: Features,
  policy: Policy,
  ports: RoutePorts,
): Circumstances {
  const nowMs = ports.nowMs();
  const unsupported: Record<string, readonly string[]> = {};
  const states: Record<string, TierState> = {};
  for (const id of pinned === undefined ? (policy.tasks[task]?.ladder ?? []) : [pinned]) {
    const tier = policy.tiers[id];
    if (tier === undefined) continue;
    const fields = ports.providers[tier.provider]?.unsupported(body, tier);
    if (fields !== undefined && fields.length > 0) unsupported[id] = fields;
    if (ports.health !== undefined) states[id] = ports.health.state(tier);
  }
  return {
    nowMs,
    unsupported,
    states,
    ...switchesFor(task, ports.switches?.() ?? [], nowMs),
  };
}

/** A session that cannot be looked up is none: no request fails for it. */
async function standingOf(key: string, sessions: Sessions): Promise<SessionStanding | undefined> {
  try {
    return await sessions.find(key);
  } catch {
    return undefined;
  }
}

/** Where the session stands once its request has been answered. */
export function keepStanding(
  request: Request,
  features: Features,
  { tier, usage }: Pick<Attribution, 'tier' | 'usage'>,
  { policy }: Prepared,
  { sessions, nowMs }: RoutePorts,
): void {
  const key = sessionKey(request, features, policy);
  if (sessions === undefined || key === undefined || tier === null) return;
  const contextTokens = promptTokens(usage) + usage.outputTokens;
  sessions.keep(key, { tier, contextTokens, atMs: nowMs() });
}

/** Where the answer may be kept, and the one kept there for the same question, of a tier that the request may go to now. */
export function recallable(
  request: Request,
  features: Features,
  { ladder }: { readonly ladder: readonly string[] },
  { policy }: Prepared,
  { answers, nowMs }: RoutePorts,
): { readonly key?: string | undefined; readonly kept?: KeptAnswer | undefined } {
  const key = answers && answerKey(request, features, policy);
  const kept = key === undefined ? undefined : answers?.find(key, nowMs());
  return { key, kept: kept !== undefined && ladder.includes(kept.tier) ? kept : undefined };
}

/** Keeps an answer for as long as its task says. */
export function keepAnswer(
  key: string,
  { cache }: Task,
  { policy }: Prepared,
  { answers, nowMs }: RoutePorts,
): (text: string, trail: Trail) => void {
  return (text, trail) => {
    const { tier, model } = trail;
    if (answers === undefined || cache === undefined || tier === null || model === null) return;
    const untilMs = nowMs() + cache.ttlSeconds * 1000;
    answers.keep(key, { text, tier, model, costUsd: totalCostUsd(trail), untilMs }, policy.cache.maxEntries);
  };
}

/** What is switched now: an expired switch is none. */
function switchesFor(
  task: string,
  switches: readonly Switch[],
  nowMs: number,
): Pick<Circumstances, 'switchedOff' | 'override' | 'raised'> {
  const now = switches.filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs);
  if (now.length === 0) return {};
  const off = now.filter((one) => one.kind === 'tier-disabled');
  const override = now.filter((one) => one.kind === 'task-override').findLast((one) => one.task === task);
  const raise = now.filter((one) => one.kind === 'task-raised').findLast((one) => one.task === task);
  return {
    switchedOff: Object.fromEntries(off.map(({ tier, untilMs }) => [tier, untilMs === undefined ? {} : { untilMs }])),
    ...(override !== undefined && { override: override.tier }),
    ...(raise !== undefined && { raised: raise }),
  };
}
