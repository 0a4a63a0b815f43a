import type { StreamEnd, StreamOutcome, Usage } from '../types';
import type { ChatUsage } from '../types-chat';
import { errorBody } from './format-error';

const encoder = new TextEncoder();
const DONE = encoder.encode('data: [DONE]\n\n');

/**
 * The bytes of a streamed answer: the tier's own, then what only the router can say: usage with the request's whole cost
 * where the caller asked for it, and `[DONE]`; or, where the answer broke off, the error event and no `[DONE]`.
 */
export async function* formatStream(
  { slices, ended }: StreamOutcome,
  includeUsage: boolean,
  costUsd: (end: StreamEnd) => number,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of slices) yield bytes;
  const end = await ended;
  if (end.error !== undefined) {
    yield encoder.encode(`data: ${errorBody(end.error)}\n\n`);
    return;
  }
  if (includeUsage) yield encoder.encode(`data: ${usageChunk(end, costUsd(end))}\n\n`);
  yield DONE;
}

function usageChunk({ id, created, model, usage, wireUsage }: StreamEnd, costUsd: number): string {
  const told = wireUsage ?? (usage && chatUsage(usage));
  return JSON.stringify({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    choices: [],
    usage: { ...told, cost_usd: costUsd },
  });
}

/** Usage in the wire's words: there `prompt_tokens` include what came from or went into a cache. */
function chatUsage(usage: Usage): ChatUsage {
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const prompt = usage.inputTokens + usage.cacheReadTokens + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_creation_tokens: written },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
