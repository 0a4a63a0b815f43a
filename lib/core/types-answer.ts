/** An answer and how it is judged: the nouns that profiling and the production gate share. */

import type { ChatMessage, FinishReason, ToolDefinition } from './types-chat';
import type { OracleKind } from './types-policy';

/** Tokens of one call. `inputTokens` exclude cache tokens; `outputTokens` include reasoning tokens. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly reasoningTokens: number;
  /** True where the tier told nothing, or not all, and the router counted the rest. */
  readonly estimated: boolean;
}

/** One whole choice of an answer, as oracles see it. */
export interface AnswerChoice {
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly reasoning: string;
  readonly refusal: string;
  readonly finishReason: FinishReason | null;
  /** Of each token: probability of the likeliest less that of the next, 0 to 1. Absent where the tier told none. */
  readonly margins?: readonly number[];
}

/** A whole answer. */
export interface Answer {
  /** The model the tier says it served. */
  readonly model: string;
  readonly choices: readonly AnswerChoice[];
  readonly usage?: Usage;
}

/** How an oracle judged. `detail` says what was wrong, for the next tier and the record; it never quotes the answer. */
export interface Verdict {
  readonly pass: boolean;
  readonly oracle: string;
  readonly detail: string;
}

/** What a check may look at beside the answer. */
export interface Judgement {
  /** The tier that gave the answer. */
  readonly tier: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** Absent where no model may be called for a check. */
  readonly consult?: Consult;
}

/** Calls that a check may make. The guards of the request bind them, and each is booked. */
export interface Consult {
  /** The same question to the same tier, so many more times; fewer come back where calls fail. */
  samples(count: number): Promise<readonly AnswerChoice[]>;
  /** Another question to another tier; undefined where the prompt may not go there, or the call fails. */
  ask(tier: string, messages: readonly ChatMessage[], purpose: 'judge' | 'sample'): Promise<AnswerChoice | undefined>;
}

/** Undefined: not applicable here (nothing to compare with, or not built), so it neither passes nor fails. */
export type Checked = Verdict | undefined;

/** A compiled check on one choice of an answer; the same for profiling and for the production gate. */
export interface Oracle {
  readonly kind: OracleKind;
  check(choice: AnswerChoice, expect?: unknown): Checked;
  /** Of a check that calls models, or needs to know the tier: what it finds. Asked only where `check` finds nothing. */
  consult?(choice: AnswerChoice, judgement: Judgement): Promise<Checked>;
}

/**
 * All of a task's oracles that run in production, over every choice. Tool calls are judged by the tools' own schemas. A
 * choice without a finish reason is a beginning, and judged by the checks that can judge one.
 */
export type Gate = (answer: Answer, judgement: Judgement) => Promise<Verdict>;
