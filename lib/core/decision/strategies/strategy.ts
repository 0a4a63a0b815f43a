import type { Assessment, Features, Reason } from '../../types';
import type { TierState } from '../../types-live';
import type { Policy, Task, Tier } from '../../types-policy';

/** What a strategy chooses by. */
export interface Situation {
  readonly features: Features;
  readonly assessment: Assessment;
  /** Tiers of the task's ladder that no guard excludes, in its order; at least one. */
  readonly eligible: readonly Tier[];
  /** In USD, for the whole request. */
  readonly expectedCostUsd: (tier: Tier) => number;
  /** By tier, as far as anybody knows. */
  readonly states?: Readonly<Record<string, TierState>> | undefined;
}

/** A tier of the task's ladder. It may be one that is not eligible: `decide` then moves to the nearest that is. */
export interface Choice {
  readonly tier: string;
  readonly reason: Reason;
}

/** Undefined: no answer, and the next strategy is asked. */
export type Strategy = (situation: Situation) => Choice | undefined;

/** Built once per task when a policy is loaded. */
export type StrategyCompiler = (policy: Policy, task: Task) => Strategy;
