import type { Consequence, Residency } from '../../types-policy';
import type { Reading } from '../reading';

/** What the dimensions read: everything measured of a request, and what its task and caller say. */
export interface Signals {
  readonly reading: Reading;
  readonly inputTokens: number;
  /** Tokens before the newest message. */
  readonly prefixTokens: number;
  readonly expectedOutputTokens: number;
  /** User messages so far, the newest included. */
  readonly userTurns: number;
  readonly tools: number;
  /** Tool calls made in the conversation. */
  readonly toolCalls: number;
  readonly format: 'text' | 'json_object' | 'json_schema';
  /** Whether the turn embeds material to answer from. */
  readonly grounded: boolean;
  /** Whether the turn embeds code. */
  readonly fenced: boolean;
  readonly residency: Residency;
  readonly consequence: Consequence;
  readonly maxRetentionDays: number | undefined;
  readonly latencyBudgetMs: number | undefined;
  readonly userTier: string | undefined;
}

/** What the policy alone settles for a task; worked out when the policy is loaded. */
export interface Standing {
  readonly regulatory: boolean;
  /** 0 to 10: how little the task's cost matters. */
  readonly costSensitivity: number;
  /** 0 to 10: how little a fine-tune stands ready. */
  readonly fineTune: number;
  /** Names of user tiers, lowest first. */
  readonly userTiers: readonly string[];
}
