import { RouterError } from '../errors';
import type { AnswerChoice } from '../types';
import type { ChatChunk, ChatDelta } from '../types-chat';

/**
 * The failure of an answer that is not whole, if it is not. Whole: as many choices as were asked for, each with content
 * (text, tool call, reasoning or refusal) and a finish reason.
 */
export function failureOfWholeness(
  choices: readonly AnswerChoice[],
  wanted: number,
  tier: string,
): RouterError | undefined {
  if (choices.some((choice) => choice.finishReason === 'content_filter' && !hasContent(choice))) {
    return RouterError.failure('content-filter', `Tier "${tier}" refused the content.`);
  }
  if (choices.length < wanted) {
    return RouterError.failure('malformed', `Tier "${tier}" gave ${choices.length} of ${wanted} choices.`);
  }
  if (!choices.every(hasContent)) return RouterError.failure('empty', `Tier "${tier}" gave an empty answer.`);
  if (choices.some((choice) => choice.finishReason === null)) {
    return RouterError.failure('cut', `The answer of tier "${tier}" broke off.`);
  }
  return undefined;
}

function hasContent(choice: AnswerChoice): boolean {
  return choice.text !== '' || choice.toolCalls.length > 0 || choice.reasoning !== '' || choice.refusal !== '';
}

export function deltaHasContent(delta: ChatDelta): boolean {
  return Boolean(
    delta.content?.length || delta.tool_calls?.length || delta.reasoning_content || delta.reasoning || delta.refusal,
  );
}

/**
 * What a live stream has shown so far, without keeping its text: enough to tell whether it ended whole, to name it in
 * the chunks the router adds, and to count tokens where the tier tells none.
 */
export class StreamTally {
  id = '';
  created = 0;
  model = '';
  characters = 0;
  private readonly open = new Set<number>();
  private readonly spoken = new Set<number>();
  private readonly finished = new Set<number>();
  private readonly filtered = new Set<number>();

  /** `mayAddNothing`: the answer goes on from a given beginning, so it may end without a word of its own. */
  constructor(private readonly mayAddNothing = false) {}

  get hasContent(): boolean {
    return this.spoken.size > 0 || (this.mayAddNothing && this.finished.size > 0);
  }

  add(chunk: ChatChunk): void {
    this.id ||= chunk.id;
    this.created ||= chunk.created;
    this.model ||= chunk.model;
    for (const { index, delta, finish_reason } of chunk.choices) {
      this.open.add(index);
      if (finish_reason) this.finished.add(index);
      if (finish_reason === 'content_filter') this.filtered.add(index);
      if (!deltaHasContent(delta)) continue;
      this.spoken.add(index);
      this.characters += charactersOfDelta(delta);
    }
  }

  /** As `failureOfWholeness`, from the tally alone. */
  failure(wanted: number, tier: string): RouterError | undefined {
    const choices = Math.max(this.open.size, wanted);
    if (this.mayAddNothing && this.finished.size === choices) return undefined;
    if ([...this.filtered].some((index) => !this.spoken.has(index))) {
      return RouterError.failure('content-filter', `Tier "${tier}" refused the content.`);
    }
    if (this.spoken.size === 0) return RouterError.failure('empty', `Tier "${tier}" gave an empty answer.`);
    if (this.finished.size < choices) {
      return RouterError.failure('cut', `The answer of tier "${tier}" broke off.`);
    }
    if (this.spoken.size < choices) {
      return RouterError.failure('empty', `Tier "${tier}" gave ${this.spoken.size} of ${choices} choices.`);
    }
    return undefined;
  }
}

/** Characters of an answer, to count tokens by where the tier tells none. */
export function charactersOf(choices: readonly AnswerChoice[]): number {
  let characters = 0;
  for (const { text, reasoning, refusal, toolCalls } of choices) {
    characters += text.length + reasoning.length + refusal.length;
    for (const call of toolCalls) characters += call.name.length + call.arguments.length;
  }
  return characters;
}

export function charactersOfDelta(delta: ChatDelta): number {
  let characters = (delta.content?.length ?? 0) + (delta.refusal?.length ?? 0);
  characters += (delta.reasoning_content ?? delta.reasoning ?? '').length;
  for (const call of delta.tool_calls ?? []) {
    characters += (call.function?.name?.length ?? 0) + (call.function?.arguments?.length ?? 0);
  }
  return characters;
}
