import type { ProviderCall } from '../../../../lib/core/execution/provider';
import type { ChatChunk, ChatCompletion, ChatUsage } from '../../../../lib/core/types-chat';
import { failureInBand, malformed } from '../failure-of';
import { parseJson, saysError } from '../host-error';
import { isChunk, isCompletion, isObject } from './dialect';
import { usageOfChat } from './usage';

/** The completion in a body of status 200; a body that is an error or no completion is thrown. */
export function completionIn(text: string, { tier: { id: tier }, progress }: ProviderCall): ChatCompletion {
  const body = parseJson(text);
  if (!isObject(body)) throw malformed(tier, 'answered with something that is not a JSON object');
  if (saysError(body)) throw failureInBand(body, tier);
  if (!isCompletion(body)) {
    const usage = usageOfChat(body.usage as ChatUsage | undefined);
    if (usage !== undefined) progress?.tells(usage, 'all');
    throw malformed(tier, 'answered without choices that its dialect knows');
  }
  return body as unknown as ChatCompletion;
}

/** The chunk in an event's data; a data that is an error or no chunk is thrown. */
export function chunkIn(data: string, tier: string): ChatChunk {
  const body = parseJson(data);
  if (!isObject(body)) throw malformed(tier, 'streamed an event that is not a JSON object');
  if (saysError(body)) throw failureInBand(body, tier);
  if (!isChunk(body)) throw malformed(tier, 'streamed an event without choices that its dialect knows');
  const chunk = body as unknown as ChatChunk;
  if (chunk.choices.every((choice) => isObject(choice.delta))) return chunk;
  const choices = chunk.choices.map((choice) => Object.assign({}, choice, { delta: choice.delta ?? {} }));
  return Object.assign({}, chunk, { choices });
}

/** A whole answer as the one chunk of a stream, for hosts that do not stream when asked to. */
export function chunkOf(completion: ChatCompletion): ChatChunk {
  return {
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.created,
    model: completion.model,
    choices: completion.choices.map(({ index, message, finish_reason, logprobs }) => {
      const { tool_calls: calls, role: _, ...rest } = message;
      const toolCalls = Array.isArray(calls) && calls.map((call, at) => ({ index: at, ...call }));
      const delta = { role: 'assistant', ...rest, ...(toolCalls ? { tool_calls: toolCalls } : {}) };
      return {
        index,
        delta,
        finish_reason,
        ...(logprobs === undefined ? {} : { logprobs }),
      } as ChatChunk['choices'][0];
    }),
  };
}

/** A chunk as the bytes of one event. */
export function eventOf(chunk: ChatChunk): Buffer {
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
}
