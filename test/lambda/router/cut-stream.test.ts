import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProviders } from '../../../lambda/router/providers/registry';
import type { TierProvider } from '../../../lib/core/execution/provider';
import { formatStream } from '../../../lib/core/response/format-stream';
import type { AnswerChoice, Execution } from '../../../lib/core/types';
import { stage } from '../../core/execution/staging';
import { startAnthropicHost } from '../../fixtures/hosts/anthropic-host';
import { startBedrockHost } from '../../fixtures/hosts/bedrock-host';
import { type BreakingHost, type Sending, startBreakingHost } from '../../fixtures/hosts/breaking-host';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering, type HostScript, type ScriptedAnswer } from '../../fixtures/hosts/script';
import { type ReadStream, readStream } from '../../fixtures/read-stream';

const PROVIDERS = createProviders({ secrets: async () => 'key' });

interface Dialect {
  readonly provider: TierProvider;
  readonly start: (script: HostScript) => Promise<Host>;
  readonly path: string;
  readonly basePath: string;
}

const OPENAI: Dialect = {
  provider: PROVIDERS['openai-compatible'] as TierProvider,
  start: startOpenAiHost,
  path: '/chat/completions',
  basePath: '/v1',
};
const ANTHROPIC: Dialect = {
  provider: PROVIDERS.anthropic as TierProvider,
  start: startAnthropicHost,
  path: '/messages',
  basePath: '/v1',
};
const BEDROCK: Dialect = {
  provider: PROVIDERS.bedrock as TierProvider,
  start: startBedrockHost,
  path: '/model/m/converse-stream',
  basePath: '',
};

const TEXT: ScriptedAnswer = { text: 'Aß 🦊' };
const CALLS: ScriptedAnswer = {
  reasoning: 'hm, so',
  text: 'I look.',
  toolCalls: [
    { id: 'call_1', name: 'look', arguments: '{"at":1}' },
    { id: 'call_2', name: 'see', arguments: '{}' },
  ],
};

/** What the fake host of the dialect writes for the answer, byte for byte, and its content type. */
async function recorded({ start, path }: Dialect, answer: ScriptedAnswer): Promise<{ type: string; body: Buffer }> {
  const host = await start([answering(answer)]);
  try {
    const ask = { model: 'm', stream: true, stream_options: { include_usage: true } };
    const response = await fetch(`${host.url}${path}`, { method: 'POST', body: JSON.stringify(ask) });
    return { type: response.headers.get('content-type') ?? '', body: Buffer.from(await response.arrayBuffer()) };
  } finally {
    await host.close();
  }
}

/** What a client gets to read of the case: a stream, or undefined where it gets an error instead. */
async function heard(
  dialect: Dialect,
  host: BreakingHost,
  number: number,
  retries: number,
  { choices = 1, stallMs = 10_000 }: { readonly choices?: number; readonly stallMs?: number } = {},
): Promise<ReadStream | undefined> {
  const timeouts = { connectMs: 10_000, firstTokenMs: 10_000, stallMs, totalMs: 20_000 };
  const tier = { baseUrl: `${host.url}${dialect.basePath}`, region: 'eu-central-1', apiKey: 'key', timeouts };
  const { run } = stage({
    script: {},
    stream: true,
    retries,
    choices,
    ladder: ['small'],
    tiers: { small: tier },
    body: { messages: [{ role: 'user', content: `case ${number}` }] },
    ports: { providers: { scripted: dialect.provider } },
  });
  return read(await run());
}

async function read(execution: Execution): Promise<ReadStream | undefined> {
  if (execution.kind !== 'stream') return undefined;
  const reads: Uint8Array[] = [];
  for await (const bytes of formatStream(execution, false, () => 0)) reads.push(bytes);
  return readStream(Buffer.concat(reads).toString('utf8'));
}

/** Everything but the ids of calls, which a host makes anew. */
function contentOf(choices: readonly AnswerChoice[]): unknown {
  return choices.map((choice) => ({ ...choice, toolCalls: choice.toolCalls.map(({ id: _, ...rest }) => rest) }));
}

function isBeginningOf(part: readonly AnswerChoice[], whole: readonly AnswerChoice[]): boolean {
  return part.every((choice, index) => {
    const full = whole[index] as AnswerChoice;
    const calls = choice.toolCalls.every((call, nth) => full.toolCalls[nth]?.arguments.startsWith(call.arguments));
    return calls && full.text.startsWith(choice.text) && full.reasoning.startsWith(choice.reasoning);
  });
}

async function inParallel(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

describe.each([
  ['Chat Completions, text, every byte', OPENAI, TEXT, 1],
  ['Chat Completions, reasoning and tool calls, every 9th byte', OPENAI, CALLS, 9],
  ['Messages, text, every byte', ANTHROPIC, TEXT, 1],
  ['Messages, reasoning and tool calls, every 9th byte', ANTHROPIC, CALLS, 9],
  ['Converse, text, every 3rd byte', BEDROCK, TEXT, 3],
  ['Converse, reasoning and tool calls, every 17th byte', BEDROCK, CALLS, 17],
] as [string, Dialect, ScriptedAnswer, number][])('a stream that is cut: %s', (_name, dialect, answer, step) => {
  it('is never handed out as whole where it is not, and is made whole where it may be asked for again', async () => {
    const { type, body } = await recorded(dialect, answer);
    // With one case for each offset without retries, and one with.
    const cases = 2 * Math.floor(body.length / step + 1);
    const sendingOf = (number: number, attempt: number): Sending => {
      const offset = Math.floor(number / 2) * step;
      // A host that ends in order and one that breaks its connection, turn and turn about.
      const ending = (offset + number) % 2 === 0 ? 'cut' : 'end';
      return attempt === 0
        ? { body, bytes: Math.min(offset, body.length), ending }
        : { body, bytes: body.length, ending: 'end' };
    };
    const host = await startBreakingHost(type, sendingOf);
    try {
      const whole = (await heard(dialect, host, cases + 2 * body.length, 0)) as ReadStream;
      expect(whole).toMatchObject({ isDone: true, text: answer.text });
      await inParallel(cases, 24, async (number) => {
        const mayRetry = number % 2 === 1;
        const got = await heard(dialect, host, number, mayRetry ? 1 : 0);
        const context = `case ${number} of ${body.length} bytes: ${JSON.stringify(got)}`;
        if (mayRetry || got?.isDone) {
          expect(contentOf(got?.choices ?? []), context).toEqual(contentOf(whole.choices));
          expect([got?.isDone, got?.error, got?.finishes], context).toEqual([true, undefined, whole.finishes]);
          return;
        }
        expect(got === undefined || got.error !== undefined, context).toBe(true);
        expect(isBeginningOf(got?.choices ?? [], whole.choices), context).toBe(true);
      });
    } finally {
      await host.close();
    }
  }, 60_000);
});

/** The wire of Chat Completions for the choices' texts, in pieces of these sizes in turn; choices take turns too. */
function wireOf(texts: readonly string[], sizes: readonly number[], id: string): Buffer {
  const events: string[] = [];
  const say = (choices: object[], usage: object | null = null): void => {
    const chunk = { id, object: 'chat.completion.chunk', created: 1, model: 'm', choices, usage };
    events.push(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const index of texts.keys()) say([{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }]);
  const at = texts.map(() => 0);
  for (let turn = 0; texts.some((text, index) => (at[index] as number) < text.length); turn += 1) {
    const index = turn % texts.length;
    const end = (at[index] as number) + (sizes[turn % sizes.length] as number);
    const content = (texts[index] as string).slice(at[index], end);
    at[index] = end;
    if (content !== '') say([{ index, delta: { content }, finish_reason: null }]);
  }
  for (const index of texts.keys()) say([{ index, delta: {}, finish_reason: 'stop' }]);
  say([], { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 });
  return Buffer.from(`${events.join('')}data: [DONE]\n\n`);
}

interface Case {
  readonly texts: readonly string[];
  readonly wires: readonly Buffer[];
  readonly sizes: readonly number[];
  readonly percent: number;
  readonly ending: Sending['ending'];
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

/** `from`: the least share of the first answer that is written, in percent. */
function casesOf(ending: fc.Arbitrary<Sending['ending']>, from: number): fc.Arbitrary<Case> {
  return fc
    .record({
      texts: fc.array(fc.string({ unit: 'grapheme', minLength: 12, maxLength: 40 }), { minLength: 1, maxLength: 3 }),
      pieces: fc.tuple(sizes, sizes),
      sizes: fc.array(fc.integer({ min: 9, max: 90 }), { minLength: 1, maxLength: 5 }),
      percent: fc.integer({ min: from, max: 100 }),
      ending,
    })
    .map(({ pieces: [one, two], ...rest }) => ({
      ...rest,
      wires: [wireOf(rest.texts, one, 'first'), wireOf(rest.texts, two, 'second')],
    }));
}

describe('a stream that breaks off anywhere, in pieces of any size', () => {
  it.each([
    ['cut or ended', fc.constantFrom<Sending['ending']>('cut', 'end'), 0, 150, undefined],
    // Where a tier has not begun in time it is not asked again, so a share of the answer comes before.
    ['standing still', fc.constant<Sending['ending']>('stall'), 60, 40, 600],
  ] as const)(
    '%s, becomes the one whole answer of the second call, which is cut into other pieces',
    async (_name, breaks, from, count, stallMs) => {
      const cases = fc.sample(casesOf(breaks, from), { numRuns: count, seed: 4 });
      const host = await startBreakingHost('text/event-stream', (number, attempt) => {
        const { wires, sizes: written, percent, ending } = cases[number] as Case;
        const body = wires[attempt] as Buffer;
        const isFirst = attempt === 0;
        return {
          body,
          bytes: isFirst ? Math.floor((body.length * percent) / 100) : body.length,
          sizes: written,
          ending: isFirst ? ending : 'end',
        };
      });
      try {
        await inParallel(count, 24, async (number) => {
          const { texts } = cases[number] as Case;
          const got = await heard(OPENAI, host, number, 1, { choices: texts.length, stallMs });
          expect(got?.choices.map(({ text }) => text)).toEqual(texts);
          expect(got).toMatchObject({ isDone: true, error: undefined });
          expect(got?.finishes).toEqual(texts.map(() => 'stop'));
          expect(got?.ids).toHaveLength(1);
          expect(got?.roles).toBe(texts.length);
        });
        expect([...host.calls.values()].filter((calls) => calls > 1).length).toBeGreaterThan(count / 3);
      } finally {
        await host.close();
      }
    },
    60_000,
  );
});
