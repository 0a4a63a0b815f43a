/**
 * What holds at the moment a request arrives, beside the policy: how tiers fare, what the person on call has switched,
 * what a session, a key or a budget allows. Plain readonly values, and the ports by which the walk asks for them.
 */

import type { Budget, Tier } from './types-policy';

// --- tiers ------------------------------------------------------------------------------------------------------------

export type BreakerState = 'closed' | 'open' | 'half-open';

/** How fast a tier has been, and how much waits at it. */
export interface Pace {
  /** Requests that wait at the tier itself, and that it works on; absent where it tells none. */
  readonly waiting?: number;
  readonly running?: number;
  /** Calls this process has under way there. */
  readonly ownCalls: number;
  /** Tokens a second that a call's prompt is read at, and that a call writes at; absent until observed. */
  readonly prefillTokensPerSecond?: number;
  readonly decodeTokensPerSecond?: number;
  /**
   * Milliseconds to the first token of a call that did not wait, beside the reading of its prompt where
   * `prefillTokensPerSecond` is known; absent until observed.
   */
  readonly firstTokenMs?: number;
  /** Milliseconds that a place at the tier is taken by one request; absent until observed. */
  readonly holdMs?: number;
  /** Age of `waiting` and `running` in milliseconds. */
  readonly ageMs?: number;
}

/** A tier as this process knows it now. */
export interface TierState {
  readonly breaker: BreakerState;
  /** Of a breaker that is open, or whose probe another has: milliseconds until it lets one through. */
  readonly retryAfterMs?: number;
  /** Why the tier takes nothing now although its breaker is not open, and when it may again. */
  readonly full?: {
    readonly reason: 'queue-full' | 'rate-limit';
    readonly detail: string;
    readonly retryAfterMs?: number;
  };
  readonly pace?: Pace;
}

/** How a call to a tier ended, for its breaker and its pace. */
export interface CallEnded {
  /** Cause of a failed call; absent for one that gave an answer, be it a bad one. */
  readonly cause?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs?: number;
  readonly retryAfterMs?: number;
}

/** Leave to call a tier once. `ended` must be told, whatever became of the call. */
export interface Admission {
  ended(how: CallEnded): void;
}

/** Live state of the tiers. Nothing here waits: what comes from elsewhere is fetched beside the requests. */
export interface TierHealth {
  state(tier: Tier): TierState;
  /** Undefined where the tier takes no call now: its breaker is open or its probe is under way, or it is full. */
  admit(tier: Tier, tokens: number): Admission | undefined;
}

// --- what the person on call has switched -------------------------------------------------------------------------------

/** Each expires by itself. Times are UTC milliseconds. */
export interface TierSwitch {
  readonly kind: 'tier-disabled';
  readonly tier: string;
  readonly untilMs?: number;
  readonly reason: string;
  readonly author: string;
  readonly atMs: number;
}

export interface TaskOverride {
  readonly kind: 'task-override';
  readonly task: string;
  readonly tier: string;
  readonly untilMs: number;
  readonly reason: string;
  readonly author: string;
  readonly atMs: number;
}

/** Set and ended by the watch function, or ended by a person. Absent `untilMs`: until then. */
export interface TaskRaise {
  readonly kind: 'task-raised';
  readonly task: string;
  /** So many tiers above its start the task begins at least. */
  readonly rungs: number;
  readonly untilMs?: number;
  readonly reason: string;
  readonly author: string;
  readonly atMs: number;
}

export type Switch = TierSwitch | TaskOverride | TaskRaise;

// --- sessions -----------------------------------------------------------------------------------------------------------

/** Where a session stands. */
export interface SessionStanding {
  /** The tier that answered last. */
  readonly tier: string;
  /** Tokens of the context it read then, which its cache may still hold. */
  readonly contextTokens: number;
  /** UTC milliseconds. */
  readonly atMs: number;
}

/** Sessions by a key that names the caller too: nobody finds another caller's. */
export interface Sessions {
  find(key: string): Promise<SessionStanding | undefined>;
  /** In the background; never rejects and never waits. */
  keep(key: string, standing: SessionStanding): void;
}

// --- budgets --------------------------------------------------------------------------------------------------------------

/** Whom a request's spending is counted against. */
export interface Spender {
  readonly customer?: string;
  readonly keyId?: string;
  readonly task: string;
}

/** Money set aside for a call. */
export interface Hold {
  /** Books what the call really cost, 0 for one that was never billed. Never rejects and never waits; once. */
  settle(costUsd: number): void;
}

/** What a budget has left. */
export interface BudgetRoom {
  readonly budget: Budget;
  readonly roomUsd: number;
}

/** A budget that does not have the room. */
export type Exhausted = BudgetRoom;

/** The beginning of an answer, for a tier that can go on from it. */
export interface Prefix {
  readonly text: string;
  /** Counted low rather than high. */
  readonly tokens: number;
}

/** What one call may cost: as it is expected, and at the very most. */
export interface Estimate {
  readonly expectedUsd: number;
  readonly worstUsd: number;
}

/** Sets money aside for one request, call by call. */
export interface Purse {
  /**
   * All of the budgets that bind or none: one that has no room gives what others set aside back. `longestMs`: what the call
   * may take, for which the money stays set aside at least.
   */
  reserve(estimate: Estimate, longestMs?: number): Promise<Hold | Exhausted>;
}

export interface Budgets {
  /** Undefined where no budget binds the spender. */
  open(budgets: readonly Budget[], spender: Spender): Purse | undefined;
  /** What each has left for the spender now, in their order; sets nothing aside. Rejects where that cannot be told. */
  rooms(budgets: readonly Budget[], spender: Spender): Promise<readonly BudgetRoom[]>;
}

export function isExhausted(reserved: Hold | Exhausted): reserved is Exhausted {
  return 'budget' in reserved;
}

// --- answers kept -----------------------------------------------------------------------------------------------------------

/** An answer kept for the same question of the same customer. */
export interface KeptAnswer {
  /** The completion as it left, as JSON. */
  readonly text: string;
  readonly tier: string;
  readonly model: string;
  /** USD it cost then, which a hit saves. */
  readonly costUsd: number;
  readonly untilMs: number;
}

/** Kept in the memory of the process alone: answers are never written anywhere. */
export interface AnswerCache {
  find(key: string, nowMs: number): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer, maxEntries: number): void;
}
