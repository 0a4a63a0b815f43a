/** What the operator's page draws, as it travels: plain values, and no prompt or answer, for no record holds one. */

export interface OperatorState {
  /** UTC milliseconds at which this was read. */
  readonly atMs: number;
  readonly policy: PolicyShown | null;
  /** End of the newest minute that the watch function has added up, UTC milliseconds. */
  readonly addedUpToMs: number | null;
  /** False where too much comes in to be counted live: then the newest minutes are missing until they are added up. */
  readonly live: boolean;
  readonly saving: { readonly today: SavingShown; readonly month: SavingShown };
  readonly series: Readonly<Record<Range, SeriesShown>>;
  readonly tasks: readonly TaskShown[];
  readonly tiers: readonly TierShown[];
  readonly switches: readonly SwitchShown[];
  /** What a person should know of the figures, in words. */
  readonly findings: readonly FindingShown[];
  /** Newest first. */
  readonly decisions: readonly DecisionShown[];
}

export interface FindingShown {
  readonly task?: string;
  readonly tier?: string;
  readonly signal: string;
  readonly kind: string;
  readonly text: string;
}

export interface PolicyShown {
  readonly id: string;
  readonly version: string;
  readonly source: 'store' | 'fallback';
  readonly frontier: string;
  /** Where the policy lets prompts and answers be kept: who answers for them, and the first day (UTC) of which none is. */
  readonly prompts?: { readonly owner: string; readonly expires: string };
  readonly refused?: { readonly version: string; readonly why: string };
}

/** What was saved, and what was subtracted to say so. All in USD. */
export interface SavingShown {
  readonly requests: number;
  readonly frontierUsd: number;
  readonly subtracted: readonly { readonly name: string; readonly usd: number }[];
  readonly netUsd: number;
  /** Within the net: of pairs of the control sample, both of whose answers are known. */
  readonly verifiedUsd: number;
  /** What kept answers and stripped context saved: not part of the net, for routing did not make it. */
  readonly cachedUsd: number;
  /** What feedback says that wrong answers cost further down: not subtracted. */
  readonly downstreamUsd: number;
}

/** The last 60 minutes by minute, 24 hours by hour, 30 days by day. */
export const RANGES = ['hour', 'day', 'month'] as const;

export type Range = (typeof RANGES)[number];

/** Figures over time; every list has one member for each stretch. */
export interface SeriesShown {
  /** UTC seconds at which each stretch begins. */
  readonly from: readonly number[];
  readonly costUsd: Readonly<Record<string, readonly number[]>>;
  readonly tasks: Readonly<Record<string, { readonly requests: readonly number[]; readonly up: readonly number[] }>>;
}

export interface TaskShown {
  readonly id: string;
  /** Of the last 24 hours, as everything below. */
  readonly requests: number;
  readonly costUsd: number;
  readonly netUsd: number;
  readonly upRouteRate: number;
  readonly climbRate: number;
  /** What production is held to, and how far from it counts; null where there is no baseline yet. */
  readonly baseline: BaselineShown | null;
  /** Served answers against those of another tier to the same questions, one for each way that was sampled. */
  readonly quality: readonly QualityShown[];
  /** How far the input has moved from the profile's, beyond chance; null where nothing can be said. */
  readonly drift: DriftShown | null;
  readonly mix: readonly MixShown[];
  readonly intendedMix: Readonly<Record<string, number>> | null;
}

export interface BaselineShown {
  readonly rate: number;
  /** The rates between which nothing counts as drift. */
  readonly low: number;
  readonly high: number;
  readonly profiledAt?: string;
  readonly standing: 'within' | 'above' | 'below' | 'too-few';
}

export interface QualityShown {
  /** `first`: served by the first tier, compared with a higher one. `up`: served higher up, compared with the first. */
  readonly served: 'first' | 'up';
  readonly pairs: number;
  /** Pass rate of what was served less that of the reference. */
  readonly delta: number;
  readonly low: number;
  readonly high: number;
  /** Whether the first tier's answers are worse than the task's target allows, beyond noise. */
  readonly short: boolean;
}

export interface DriftShown {
  /** Population stability index of the dimension that moved most, less what chance makes of it. */
  readonly index: number;
  readonly limit: number;
}

/** How one kind of user was served. */
export interface MixShown {
  readonly userTier: string;
  readonly requests: number;
  /** By tier, in the policy's order. */
  readonly shares: Readonly<Record<string, number>>;
}

export interface TierShown {
  readonly id: string;
  readonly model: string;
  readonly location: string;
  readonly enabled: boolean;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly retryAfterMs?: number;
  readonly full?: string;
  readonly waiting?: number;
  readonly running?: number;
  readonly firstTokenMs?: number;
  /** Of the last 24 hours. */
  readonly requests: number;
  readonly costUsd: number;
  readonly failedAttemptsUsd: number;
}

export interface SwitchShown {
  readonly kind: 'tier-disabled' | 'task-override' | 'task-raised';
  readonly tier?: string;
  readonly task?: string;
  /** Of a task that is raised: so many tiers above its start it begins at least. */
  readonly rungs?: number;
  readonly untilMs?: number;
  readonly reason: string;
  readonly author: string;
}

/** One line of the last decisions; the rest of its record is asked for when it is opened. */
export interface DecisionShown {
  readonly requestId: string;
  readonly time: string;
  readonly task: string;
  readonly tier: string | null;
  readonly reason: string;
  readonly status: number;
  readonly score: number;
  readonly attempts: number;
  readonly up: 'no' | 'decided' | 'climbed';
  readonly costUsd: number;
  readonly frontierCostUsd: number;
  readonly latencyMs: number;
}
