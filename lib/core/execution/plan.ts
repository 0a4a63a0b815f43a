import type { Chosen, Exclusion, Features, Gate, Request, Usage } from '../types';
import type { ChatBody } from '../types-chat';
import type { Estimate, Prefix, Purse, TierHealth } from '../types-live';
import type { Policy, Task, Tier } from '../types-policy';
import type { Providers } from './provider';

/** What is to be executed: the request, what was decided, and how answers are judged. */
export interface ExecutionPlan {
  readonly request: Request;
  readonly features: Features;
  readonly decision: Chosen;
  readonly policy: Policy;
  readonly task: Task;
  /** Judges every answer before it leaves; undefined where nothing is judged. */
  readonly gate?: Gate | undefined;
}

/** What the world gives to an execution. */
export interface ExecutionPorts {
  readonly providers: Providers;
  readonly nowMs: () => number;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly price: (tier: Tier, usage: Usage, atMs: number) => number;
  /** What a call that sends `body` may cost, to be set aside before it is made; `prefix`: what of it the tier goes on from. */
  readonly estimate: (tier: Tier, body: ChatBody, prefix?: Prefix) => Estimate;
  /** Absent: no budget binds the request. */
  readonly purse?: Purse;
  /** Absent: every tier takes calls at any time. */
  readonly health?: TierHealth;
  /** Told of a tier whose turn came and that took no call then, be it that a budget had no room for it. */
  readonly passedOver?: (tier: Exclusion) => void;
  /** UTC milliseconds at which the platform ends the request, whatever the policy allows. */
  readonly endsAtMs?: number;
  /** Aborted when the caller leaves. */
  readonly caller: AbortSignal;
}
