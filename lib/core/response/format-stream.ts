import type { StreamEnd, StreamOutcome } from '../types';
import { chatUsageOf } from './chat-usage';
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
  const told = wireUsage ?? (usage && chatUsageOf(usage));
  return JSON.stringify({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    choices: [],
    usage: Object.assign({}, told, { cost_usd: costUsd }),
  });
}
