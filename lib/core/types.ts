/**
 * The nouns of the walk, in the order a request meets them. Readonly and, a live stream apart, serialisable: any point
 * of the walk can be logged, replayed or written as a test case. Answers and their checks stand in `types-answer.ts`,
 * the policy's nouns in `types-policy.ts`, the moment's in `types-live.ts`, the wire's in `types-chat.ts`.
 */

import type { ErrorCode, RouterError } from './errors';
import type { Usage, Verdict } from './types-answer';
import type { ChatBody, ChatChunk, ChatCompletion, ChatUsage } from './types-chat';
import type { ControlSample } from './types-feedback';
import type { Exhausted, SessionStanding, TaskRaise, TierState } from './types-live';
import type { Capability, Consequence, DimensionName, Residency, RouteKind } from './types-policy';

export type * from './types-answer';

// --- the request ----------------------------------------------------------------------------------------------------

/** What came in at the door, before anything is understood. Header names are lower case. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Who asks, as the caller's key says; without keys only what `x-tierwise-customer` claims. */
export interface Caller {
  readonly customer?: string;
  readonly keyId?: string;
  readonly userTier?: string;
  /** The widest residency the caller's prompts may have. */
  readonly residencyFloor?: Residency;
  /** Tasks and tiers the key may use; absent: all. */
  readonly tasks?: readonly string[];
  readonly tiers?: readonly string[];
  /** Whether the key is an operator's: it may look at everybody's records. */
  readonly operator?: boolean;
}

/** What the caller says about a request. A hint may only tighten what policy allows. */
export interface Hints {
  readonly task?: string;
  readonly feature?: string;
  readonly session?: string;
  readonly residency?: Residency;
  readonly latencyBudgetMs?: number;
  readonly userTier?: string;
  readonly blastRadius?: Consequence;
}

export interface Request {
  /** Made by the router; the attribution record's key. */
  readonly id: string;
  /** The client's own `x-request-id`. */
  readonly clientRequestId?: string;
  readonly dialect: 'chat-completions';
  readonly caller: Caller;
  readonly hints: Hints;
  /** Tier ids the `model` field pins the request to (`tier:<id>`, or the model of one); absent for `auto`. */
  readonly pinned?: string;
  /** Without routing hints and with everything else the caller sent: what travels on. */
  readonly body: ChatBody;
  /** What a tier must be able to do to answer. */
  readonly needs: readonly Capability[];
  readonly stream: boolean;
  /** Whether the caller asked for the usage chunk of a stream. */
  readonly includeUsage: boolean;
  /** Output tokens the caller set as a limit. */
  readonly maxOutputTokens?: number;
  /** Answers asked for (`n`). */
  readonly choices: number;
  /** UTC milliseconds at which it came in. */
  readonly receivedAtMs: number;
}

// --- what is known of it --------------------------------------------------------------------------------------------

export type TaskSource = 'hint' | 'recognised' | 'default';

export interface Features {
  readonly task: string;
  readonly taskSource: TaskSource;
  /** Estimated, tools and schema included. */
  readonly inputTokens: number;
  /** Expected of each choice. */
  readonly expectedOutputTokens: number;
  /** The limit the caller set, else the expected. */
  readonly reservedOutputTokens: number;
  readonly dimensions: Readonly<Record<DimensionName, number>>;
  /** 0 to 100: the weighted mean of the dimensions. */
  readonly score: number;
  /** Task, caller and hints together: the tightest of each. */
  readonly residency: Residency;
  readonly maxRetentionDays?: number;
  readonly consequence: Consequence;
  readonly latencyBudgetMs?: number;
  readonly feature?: string;
  readonly userTier?: string;
  /** Human text of the newest turn, for keyword rules; never tool results or retrieved context. Never logged. */
  readonly text: string;
}

/** P(pass) of one tier: point estimate, lower bound, and where it is from. */
export interface PassEstimate {
  readonly p: number;
  readonly low: number;
  readonly source: 'certificate' | 'learned' | 'embedding' | 'classifier';
}

export interface Assessment {
  readonly pass: Readonly<Record<string, PassEstimate>>;
}

/** What holds in the world when a request arrives. Everything `decide` needs beside request and policy. */
export interface Circumstances {
  /** UTC milliseconds: prices and retirements have dates. */
  readonly nowMs: number;
  /** By tier: body fields its provider cannot honour. Absent or empty: it honours all. */
  readonly unsupported: Readonly<Record<string, readonly string[]>>;
  /** By tier; one that is absent is fit for calls, as far as anybody knows. */
  readonly states?: Readonly<Record<string, TierState>>;
  /** By tier that the person on call has switched off: until when, if that is said. Why is for the on-call, not for callers. */
  readonly switchedOff?: Readonly<Record<string, { readonly untilMs?: number }>>;
  /** The tier that the person on call wants the task to begin at. */
  readonly override?: string;
  /** Where the request's session stands, where the task keeps sessions where they are. */
  readonly session?: SessionStanding;
  /** What the narrowest budget has left, in USD, once one had no room for the tier that was chosen. */
  readonly affordableUsd?: number;
  /** So many tiers above its start the task has to begin at least, and why: a void certificate, answers that break their schema. */
  readonly raised?: Pick<TaskRaise, 'rungs' | 'reason'>;
}

// --- the decision ---------------------------------------------------------------------------------------------------

/** Why a tier was chosen, or why the answer that left is the one it is. Closed list; meanings in `decision/reasons.ts`. */
export type Reason =
  | 'pinned'
  | 'static'
  | 'rule'
  | 'score-cheapest'
  | 'score-middle'
  | 'score-frontier'
  | 'start'
  | 'dispatched'
  | 'override'
  | 'raised'
  | 'session'
  | 'affordable'
  | 'guarded'
  | 'cached'
  | 'escalated'
  | 'fallback'
  | 'oracle-unmet'
  | 'refused';

/**
 * What had a request begin where it does, if not the strategy of its task: its caller, the person on call, the watch, or
 * that the first tier, or all above it, could not be had at the moment.
 */
export type PlacedBy = 'pin' | 'override' | 'raise' | 'unavailable';

/** Why a tier was not eligible. Closed list. */
export type ExclusionReason =
  | 'context-window'
  | 'residency'
  | 'retention'
  | 'capability'
  | 'output-length'
  | 'budget'
  | 'rate-limit'
  | 'key'
  | 'latency'
  | 'breaker-open'
  | 'queue-full'
  | 'not-certified'
  | 'disabled'
  | 'retired';

export interface Exclusion {
  readonly tier: string;
  readonly reason: ExclusionReason;
  /** What was needed and what the tier offers, for a person. */
  readonly detail: string;
  /** Set where its reason is one that passes elsewhere, and here no waiting helps. The router's own: neither told nor kept. */
  readonly lasting?: true;
}

interface DecisionCommon {
  readonly task: string;
  readonly route: RouteKind;
  readonly reason: Reason;
  readonly score: number;
  readonly dimensions: Readonly<Record<DimensionName, number>>;
  readonly pass: Readonly<Record<string, PassEstimate>>;
  readonly excluded: readonly Exclusion[];
  readonly expected: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number };
  /** Policy version. */
  readonly policy: string;
}

/** A tier was found. `ladder`: the eligible tiers from the chosen one up; nobody else may be called. */
export interface Chosen extends DecisionCommon {
  readonly tier: string;
  readonly ladder: readonly string[];
  /** Whether the choice lies above the first tier of the task's whole ladder, by decision alone: not because of a switch. */
  readonly upRouted: boolean;
  /** Why the task is raised, where the request begins where it does because of that. */
  readonly raised?: string;
  /** Where something else than the task's strategy says where its requests begin, wherever the strategy would have this one. */
  readonly placed?: PlacedBy;
  /** Tiers beside the ladder that the task's checks may ask: every guard that binds the prompt lets it go there. */
  readonly advisers?: readonly string[];
}

/** No tier may take the request. */
export interface Refused extends DecisionCommon {
  readonly tier: null;
  readonly ladder: readonly [];
  readonly refusal: { readonly code: ErrorCode; readonly message: string; readonly retryAfterMs?: number };
}

export type Decision = Chosen | Refused;

// --- the execution --------------------------------------------------------------------------------------------------

/** What became of one call to one tier. */
export interface Attempt {
  readonly tier: string;
  /** The model asked for, or served where the tier said. */
  readonly model: string;
  readonly outcome: 'answered' | 'rejected' | 'failed';
  /** Why this call was made. */
  readonly because: 'first' | 'retry' | 'fallback' | 'escalation';
  /** Of a failed attempt: a word of the closed list in `errors.ts`. */
  readonly cause?: string;
  /** Of a failed attempt: what the tier bills although nothing came of it. */
  readonly usage?: Usage;
  readonly costUsd: number;
  readonly startedAtMs: number;
  readonly latencyMs: number;
  /** To the first event with content. */
  readonly timeToFirstTokenMs?: number;
  readonly verdict?: Verdict;
  /** Of a stream that was taken up after another had broken off: characters it repeated, which were not sent again. */
  readonly repeatedCharacters?: number;
}

/** A call that gave no answer to the caller but served the routing itself. */
export interface Consultation {
  readonly purpose: 'classifier' | 'embedding' | 'judge' | 'sample' | 'shadow' | 'control';
  readonly tier: string;
  readonly model: string;
  readonly outcome: 'answered' | 'failed';
  readonly cause?: string;
  readonly usage?: Usage;
  readonly costUsd: number;
  readonly startedAtMs: number;
  readonly latencyMs: number;
}

/** What an execution has done so far, or in all. */
export interface Trail {
  readonly attempts: readonly Attempt[];
  readonly consultations: readonly Consultation[];
  /** Tier that answered, or null. */
  readonly tier: string | null;
  readonly model: string | null;
  readonly reason: Reason;
  /** Climbs because a check failed. */
  readonly escalations: number;
  /** Moves to another tier because a tier failed. */
  readonly fallbacks: number;
  readonly retries: number;
}

/** Bytes of whole events, and what they say. */
export interface StreamSlice {
  readonly bytes: Uint8Array;
  readonly chunks: readonly ChatChunk[];
}

/** How a stream ended: whole, or not. */
export interface StreamEnd {
  readonly trail: Trail;
  readonly error?: RouterError;
  /** Identity of the answer, for the chunks the router adds. */
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly usage?: Usage;
  /** Usage in the wire's own words, where the tier speaks Chat Completions. */
  readonly wireUsage?: ChatUsage;
}

/** An answer in one piece. `text` holds the wire's own bytes where the tier speaks Chat Completions. */
export interface WholeOutcome {
  readonly kind: 'whole';
  readonly trail: Trail;
  readonly completion: ChatCompletion;
  readonly text: string;
}

/** A live answer: slices until the end, then how it ended. `ended` never rejects. */
export interface StreamOutcome {
  readonly kind: 'stream';
  readonly trail: Trail;
  readonly slices: AsyncIterable<Uint8Array>;
  readonly ended: Promise<StreamEnd>;
}

export interface FailedOutcome {
  readonly kind: 'failed';
  readonly trail: Trail;
  readonly error: RouterError;
  /** The budget that had no room for the next call, be it the first. */
  readonly exhausted?: Exhausted;
}

export type Execution = WholeOutcome | StreamOutcome | FailedOutcome;

// --- the response ---------------------------------------------------------------------------------------------------

/** What leaves by the door: plain values that any platform can send. Header names are lower case. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array>;
}

// --- the record -----------------------------------------------------------------------------------------------------

export interface AttributedAttempt extends Attempt {
  readonly location: string;
  readonly retentionDays?: number;
}

export interface AttributedConsultation extends Consultation {
  readonly location: string;
  readonly retentionDays?: number;
}

/** The record of one request: who asked for what, what was decided, what it cost. Never the prompt or the answer. */
export interface Attribution {
  readonly schema: 1;
  readonly requestId: string;
  readonly clientRequestId?: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly customer?: string;
  readonly keyId?: string;
  readonly task: string;
  readonly feature?: string;
  readonly userTier?: string;
  readonly session?: string;
  readonly policy: string;
  readonly decision: Decision;
  readonly attempts: readonly AttributedAttempt[];
  /** Classifier, judge, sample, shadow and control calls. */
  readonly consultations: readonly AttributedConsultation[];
  readonly tier: string | null;
  readonly model: string | null;
  readonly reason: Reason;
  readonly status: number;
  /** Code of the error the caller got. */
  readonly error?: string;
  readonly stream: boolean;
  /** True when the caller left before the answer ended. */
  readonly abandoned: boolean;
  readonly usage: Usage;
  /** Every billed attempt; what the caller is told is this and `routingCostUsd` together. */
  readonly costUsd: number;
  /** What a kept answer or stripped context saved, in USD; not part of the saving that routing makes. */
  readonly savedUsd?: number;
  /** The tokens of the answer that left, at the frontier's price of the day, no cache discount. */
  readonly frontierCostUsd: number;
  /** Classifier, judge, sample, shadow and control calls: beside `costUsd`, not within it. */
  readonly routingCostUsd: number;
  readonly latencyMs: number;
  readonly timeToFirstContentMs?: number;
  /** What the router itself added to the latency. */
  readonly overheadMs: number;
  readonly verdict?: Verdict;
  /** Where the request was drawn for the control sample. */
  readonly control?: ControlSample;
  /** Hash of the prompt's shingles, to recognise the same question asked again; never the text. */
  readonly likeness?: string;
  /** 0 or 1 each, never both: began above the ladder's first tier; began there and climbed because a check failed. */
  readonly upRouted: 0 | 1;
  readonly escalated: 0 | 1;
  readonly escalations: number;
  readonly fallbacks: number;
  readonly retries: number;
}
