import OpenAI from 'openai';
import { REQUEST_ID_HEADER } from '../../lib/core/contract';
import type { Attribution } from '../../lib/core/types';
import type { Question } from './world';

/** What a caller got of one request, as the OpenAI client tells it, and the record of it. */
export interface Heard {
  /** Of the last call that the client made; 0 where nothing came back. */
  readonly status: number;
  readonly headers: Headers;
  /** The text of an answer that the client took for whole. */
  readonly text: string | undefined;
  readonly finishReason: string | undefined;
  /** What the client threw, and the text that had come by then. */
  readonly error: { readonly code: string; readonly message: string; readonly after: string } | undefined;
  /** Whether a stream ended as one should. */
  readonly isDone: boolean;
  readonly elapsedMs: number;
  readonly record: Attribution | undefined;
  /** The record's attempts in a word or two each: why, whom, and what became of it. */
  readonly attempts: readonly string[];
}

/** One request of the client's, from its sending to the record. */
export async function hear(
  client: OpenAI,
  stream: boolean,
  { body, signal, headers }: Question,
  recordOf: (requestId: string) => Promise<Attribution>,
): Promise<Heard> {
  let response: Response | undefined;
  let raw: Promise<string> = Promise.resolve('');
  const listening = client.withOptions({
    fetch: async (url, init) => {
      response = await fetch(url, init);
      raw = response
        .clone()
        .text()
        .catch(() => '');
      return response;
    },
  });
  const startedAtMs = performance.now();
  const said = await say(listening, stream, body ?? {}, { ...(signal && { signal }), ...(headers && { headers }) });
  const text = await raw;
  const elapsedMs = performance.now() - startedAtMs;
  const requestId = response?.headers.get(REQUEST_ID_HEADER);
  const record = requestId ? await recordOf(requestId) : undefined;
  return {
    ...said,
    status: response?.status ?? 0,
    headers: response?.headers ?? new Headers(),
    isDone: text.trimEnd().endsWith('data: [DONE]'),
    elapsedMs,
    record,
    attempts: record === undefined ? [] : outline(record),
  };
}

export function outline({ attempts }: Attribution): string[] {
  return attempts.map(({ because, tier, outcome, cause }) => `${because} ${tier} ${cause ?? outcome}`);
}

type Said = Pick<Heard, 'text' | 'finishReason' | 'error'>;

async function say(client: OpenAI, stream: boolean, body: object, options: object): Promise<Said> {
  const messages = [{ role: 'user' as const, content: 'Count.' }];
  let text = '';
  let finishReason: string | undefined;
  try {
    if (!stream) {
      const completion = await client.chat.completions.create({ model: 'auto', messages, ...body }, options);
      const [choice] = completion.choices;
      return { text: choice?.message.content ?? '', finishReason: choice?.finish_reason, error: undefined };
    }
    const chunks = await client.chat.completions.create({ model: 'auto', messages, ...body, stream: true }, options);
    for await (const { choices } of chunks) {
      text += choices[0]?.delta.content ?? '';
      finishReason = choices[0]?.finish_reason ?? finishReason;
    }
    return { text, finishReason, error: undefined };
  } catch (error) {
    return { text: undefined, finishReason, error: { ...told(error), after: text } };
  }
}

function told(error: unknown): { code: string; message: string } {
  if (error instanceof OpenAI.APIUserAbortError) return { code: 'left', message: '' };
  if (error instanceof OpenAI.APIError) return { code: error.code ?? '', message: error.message };
  if ((error as Error).name === 'AbortError') return { code: 'left', message: '' };
  throw error;
}
