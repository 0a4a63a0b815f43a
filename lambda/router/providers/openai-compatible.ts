import type { ProviderAnswer, ProviderCall, StreamTail, TierProvider } from '../../../lib/core/execution/provider';
import type { StreamSlice } from '../../../lib/core/types';
import type { ApiKeys } from './api-keys';
import { callHost } from './call-host';
import { closingStream } from './closing-stream';
import { chunkOf, completionIn, eventOf } from './openai-compatible/completion';
import { relay } from './openai-compatible/relay';
import { usageOfChat } from './openai-compatible/usage';
import { type HostResponse, readText } from './transport';

interface Ours {
  readonly model: string;
  readonly stream?: true | undefined;
  readonly stream_options?: object | undefined;
}

/** Begins with a name: Node 20 gives each literal that begins with a spread and goes on a hidden class, for 2 µs. */
function bodyWith(ours: Ours, { body }: ProviderCall): string {
  return JSON.stringify({ stream: ours.stream, ...body, ...ours });
}

function wholeBody(call: ProviderCall): string {
  return bodyWith({ model: call.model, stream: undefined, stream_options: undefined }, call);
}

function streamBody(call: ProviderCall): string {
  const options = Object.assign({}, call.body.stream_options, { include_usage: true });
  return bodyWith({ model: call.model, stream: true, stream_options: options }, call);
}

function ask(call: ProviderCall, keys: ApiKeys, body: string, accept: string): Promise<HostResponse> {
  return callHost({
    call,
    url: `${call.tier.baseUrl}/chat/completions`,
    body,
    keys,
    headers: (key) => ({ accept, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) }),
  });
}

function answerIn(text: string, call: ProviderCall): ProviderAnswer {
  const completion = completionIn(text, call);
  const usage = usageOfChat(completion.usage);
  return { completion, text, ...(usage ? { usage } : {}) };
}

/** A host that answered in one piece though a stream was asked for. */
async function* inOnePiece({ completion, usage }: ProviderAnswer): AsyncGenerator<StreamSlice, StreamTail> {
  const chunk = chunkOf(completion);
  yield { bytes: eventOf(chunk), chunks: [chunk] };
  return { ...(usage ? { usage } : {}), ...(completion.usage ? { wireUsage: completion.usage } : {}) };
}

/** Any host that speaks Chat Completions: bytes travel on untouched, both ways, but for `model` and the asking for usage. */
export function createOpenAiCompatible(keys: ApiKeys): TierProvider {
  return {
    // What its model can do is the policy's word (`capabilities`); unknown fields travel on to the same dialect.
    unsupported: () => [],

    async complete(call) {
      const response = await ask(call, keys, wholeBody(call), 'application/json');
      return answerIn(await readText(response), call);
    },

    async stream(call) {
      const response = await ask(call, keys, streamBody(call), 'text/event-stream');
      if (response.headers['content-type']?.includes('json')) {
        return inOnePiece(answerIn(await readText(response), call));
      }
      const asked = call.body.stream_options as { readonly continuous_usage_stats?: unknown } | null | undefined;
      const slices = relay(response, {
        tier: call.tier.id,
        usageInChunks: asked?.continuous_usage_stats === true,
        progress: call.progress,
      });
      return closingStream(slices, response.close);
    },
  };
}
