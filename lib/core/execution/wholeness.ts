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
    delta.content || delta.tool_calls?.length || delta.reasoning_content || delta.reasoning || delta.refusal,
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
  hasContent = false;
  private readonly open = new Set<number>();
  private readonly finished = new Set<number>();
  private filtered = false;

  add(chunk: ChatChunk): void {
    this.id ||= chunk.id;
    this.created ||= chunk.created;
    this.model ||= chunk.model;
    for (const { index, delta, finish_reason } of chunk.choices) {
      this.open.add(index);
      if (finish_reason) this.finished.add(index);
      if (finish_reason === 'content_filter') this.filtered = true;
      if (!deltaHasContent(delta)) continue;
      this.hasContent = true;
      this.characters += charactersOf(delta);
    }
  }

  /** As `failureOfWholeness`, from the tally alone. */
  failure(wanted: number, tier: string): RouterError | undefined {
    if (this.filtered && !this.hasContent) {
      return RouterError.failure('content-filter', `Tier "${tier}" refused the content.`);
    }
    if (!this.hasContent) return RouterError.failure('empty', `Tier "${tier}" gave an empty answer.`);
    if (this.finished.size < Math.max(this.open.size, wanted)) {
      return RouterError.failure('cut', `The answer of tier "${tier}" broke off.`);
    }
    return undefined;
  }
}

function charactersOf(delta: ChatDelta): number {
  let characters = (delta.content?.length ?? 0) + (delta.refusal?.length ?? 0);
  characters += (delta.reasoning_content ?? delta.reasoning ?? '').length;
  for (const call of delta.tool_calls ?? []) {
    characters += (call.function?.name?.length ?? 0) + (call.function?.arguments?.length ?? 0);
  }
  return characters;
}
