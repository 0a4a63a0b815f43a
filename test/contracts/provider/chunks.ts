import type { ChatChunk, FinishReason, ToolCall } from '../../../lib/core/types-chat';

export function deltasOf(chunks: readonly ChatChunk[]) {
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
}

export function finishOf(chunks: readonly ChatChunk[]): FinishReason | undefined {
  return chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).find(Boolean) ?? undefined;
}

export function textOf(chunks: readonly ChatChunk[]): string {
  return deltasOf(chunks)
    .map((delta) => delta.content ?? '')
    .join('');
}

export function toolCallsOf(chunks: readonly ChatChunk[]): ToolCall[] {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  for (const piece of deltasOf(chunks).flatMap((delta) => delta.tool_calls ?? [])) {
    const { index = 0 } = piece;
    calls[index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } };
    const call = calls[index] as (typeof calls)[0];
    call.id += piece.id ?? '';
    call.function.name += piece.function?.name ?? '';
    call.function.arguments += piece.function?.arguments ?? '';
  }
  return calls;
}
