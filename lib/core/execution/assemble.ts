import type { AnswerChoice } from '../types';
import type { ChatChunk, ChatCompletion, ChatMessage, FinishReason, ToolCallDelta } from '../types-chat';

/** The choices of a whole completion, as oracles see them. */
export function choicesOf(completion: ChatCompletion): AnswerChoice[] {
  return completion.choices.map((choice) => ({
    text: textOf(choice.message),
    toolCalls: (choice.message.tool_calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
    reasoning: reasoningOf(choice.message),
    refusal: choice.message.refusal ?? '',
    finishReason: choice.finish_reason || null,
  }));
}

/** The choices that a stream's chunks add up to, ascending by index. */
export function assemble(chunks: readonly ChatChunk[]): AnswerChoice[] {
  const drafts = new Map<number, Draft>();
  for (const chunk of chunks) for (const choice of chunk.choices) addDelta(draftAt(drafts, choice.index), choice);
  return [...drafts.entries()].sort(([a], [b]) => a - b).map(([, draft]) => draft.choice());
}

interface ToolCallDraft {
  id: string;
  name: string;
  arguments: string;
}

class Draft {
  text = '';
  reasoning = '';
  refusal = '';
  finishReason: FinishReason | null = null;
  /** By the host's number of the call, which is a stranger's: never an index into a list. */
  readonly toolCalls = new Map<number, ToolCallDraft>();

  choice(): AnswerChoice {
    const { text, reasoning, refusal, finishReason } = this;
    const toolCalls = [...this.toolCalls].sort(([a], [b]) => a - b).map(([, call]) => call);
    return { text, reasoning, refusal, finishReason, toolCalls };
  }
}

function draftAt(drafts: Map<number, Draft>, index: number): Draft {
  let draft = drafts.get(index);
  if (draft === undefined) {
    draft = new Draft();
    drafts.set(index, draft);
  }
  return draft;
}

function addDelta(draft: Draft, { delta, finish_reason }: ChatChunk['choices'][number]): void {
  draft.text += textOf(delta);
  draft.reasoning += delta.reasoning_content ?? delta.reasoning ?? '';
  draft.refusal += delta.refusal ?? '';
  if (finish_reason) draft.finishReason = finish_reason;
  for (const part of delta.tool_calls ?? []) addToolCall(draft.toolCalls, part);
}

function addToolCall(calls: Map<number, ToolCallDraft>, part: ToolCallDelta): void {
  // Some hosts do not number the calls and send each in one piece.
  const index = part.index ?? calls.size;
  const call = calls.get(index) ?? { id: '', name: '', arguments: '' };
  calls.set(index, call);
  call.id ||= part.id ?? '';
  call.name += part.function?.name ?? '';
  call.arguments += part.function?.arguments ?? '';
}

function textOf({ content }: Pick<ChatMessage, 'content'>): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function reasoningOf(message: ChatMessage): string {
  const reasoning: unknown = (message as { reasoning?: unknown }).reasoning;
  return message.reasoning_content ?? (typeof reasoning === 'string' ? reasoning : '');
}
