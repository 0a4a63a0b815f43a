import type { DimensionName } from '../../types-policy';
import * as request from './request';
import type { Signals, Standing } from './signals';
import * as text from './text';

export interface Dimension {
  /** Share of the score, where the policy's `score.weights` does not say otherwise. */
  readonly weight: number;
  /** What it is read from. */
  readonly reads: string;
  /** Why a higher value argues for a stronger tier. */
  readonly why: string;
  readonly of: (signals: Signals, standing: Standing) => number;
}

/**
 * The fifteen dimensions. Of each, a higher value argues for a stronger tier; what knows nothing stands at 5 where
 * knowing could argue either way. The default weights sum to 1. Most of the score is what the work demands; circumstances
 * only tip it. Text is always the human text of the newest turn.
 */
export const DIMENSION_TABLE: Readonly<Record<DimensionName, Dimension>> = {
  promptLength: {
    weight: 0.03,
    reads: 'estimated input tokens, on a logarithmic scale from 50 to 32,000',
    why: 'small models lose the thread of long prompts first',
    of: request.promptLength,
  },
  reasoningDepth: {
    weight: 0.33,
    reads: 'distinct words of reasoning and proof, expert words after the first, mathematical signs',
    why: 'multi-step reasoning is where tiers differ most',
    of: text.reasoningDepth,
  },
  domainSpecificity: {
    weight: 0.27,
    reads: 'distinct words of mathematics, sciences, medicine, law, finance, computing; mathematical signs',
    why: 'expert knowledge is what small models were trained on least',
    of: text.domainSpecificity,
  },
  safetySensitivity: {
    weight: 0.07,
    reads: 'distinct words of harm and medicine, and the consequence of the task',
    why: 'a wrong answer here hurts somebody',
    of: text.safetySensitivity,
  },
  latencyBudget: {
    weight: 0.02,
    reads: 'the tightest latency budget of task and hint; 5 without one',
    why: 'inverse: a tight budget argues for a small, fast tier, a loose one leaves time for a strong one',
    of: request.latencyBudget,
  },
  outputFormat: {
    weight: 0.02,
    reads: 'the response format, and words that name formats',
    why: 'small models break formats more often',
    of: text.outputFormat,
  },
  userTier: {
    weight: 0.02,
    reads: "position of the user tier among the policy's; 5 where unknown",
    why: 'users of a higher tier are promised better answers',
    of: request.userTier,
  },
  cacheHit: {
    weight: 0.01,
    reads: 'share of the prompt before the newest message, from 1,024 tokens on',
    why: 'a prompt read from a cache costs little on a strong tier too',
    of: request.cacheHit,
  },
  fineTune: {
    weight: 0.01,
    reads: 'whether a tier below the last of the ladder has an adapter for the task; 5 where none has',
    why: 'inverse: a fine-tune does the task well on a cheap tier',
    of: (_, standing) => standing.fineTune,
  },
  costSensitivity: {
    weight: 0.01,
    reads: 'price of the dearest tier of the ladder against the cheapest, and whether budgets bind',
    why: 'inverse: where tiers cost about the same and no budget binds, the stronger one is little dearer',
    of: (_, standing) => standing.costSensitivity,
  },
  regulatory: {
    weight: 0.02,
    reads: 'the regulatory flag of the task, words of regulation, limits on residency and retention',
    why: 'regulated answers are audited, and mistakes in them are reported',
    of: request.regulatory,
  },
  conversationDepth: {
    weight: 0.02,
    reads: 'user turns before the newest',
    why: 'what was agreed earlier must be kept in mind',
    of: request.conversationDepth,
  },
  hallucinationRisk: {
    weight: 0.1,
    reads: 'consequence, words that ask for facts, expert words, and whether material to answer from is given',
    why: 'small models invent more where nothing is given to answer from',
    of: text.hallucinationRisk,
  },
  structure: {
    weight: 0.05,
    reads: 'instructions, list items, conditions, embedded code, tools and tool calls',
    why: 'many demands at once are followed less completely by small models',
    of: text.structure,
  },
  outputLength: {
    weight: 0.02,
    reads: 'expected output tokens, on a logarithmic scale from 10 to 4,000',
    why: 'long answers drift, and a mistake at their beginning costs the whole',
    of: request.outputLength,
  },
};
