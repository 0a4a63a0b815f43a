import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnswerCache } from '../../../lambda/router/answer-cache';
import { createApp } from '../../../lambda/router/app';
import { trustedCaller } from '../../../lambda/router/caller';
import { createProviders } from '../../../lambda/router/providers/registry';
import { type RunningServer, startServer } from '../../../lambda/router/server';
import { createSessions } from '../../../lambda/router/sessions';
import type { SessionStore } from '../../../lambda/shared/store/session-port';
import { prepare } from '../../../lib/core/route';
import type { Attribution } from '../../../lib/core/types';
import type { SessionStanding } from '../../../lib/core/types-live';
import type { TokenPrice } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering, type HostReply, type SeenRequest } from '../../fixtures/hosts/script';

type Messages = OpenAI.Chat.ChatCompletionMessageParam[];

const CONTEXT = 'The customer wrote at length about the delivery. '.repeat(600);
const CALL = { id: 'call_1', name: 'look_up', arguments: '{"order":7}' };
const TOOLS: OpenAI.Chat.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } },
];

function price(input: number, output: number, cacheRead: number): TokenPrice {
  return { kind: 'tokens', input, output, cacheRead, uplift: 1 };
}

/** Calls a tool where it has any and has not been told the result; its usage says what a prompt of that length has. */
function reply({ body }: SeenRequest): HostReply {
  const messages = body.messages as { role: string }[];
  const usage = { input: JSON.stringify(messages).length / 5, output: 20 };
  if (body.tools && messages.at(-1)?.role !== 'tool') return answering({ toolCalls: [CALL], usage });
  return answering({ text: `Answer of ${body.model}, 🙂 and all.`, usage });
}

function memoryStore(): SessionStore {
  const rows = new Map<string, SessionStanding>();
  return { find: async (key) => rows.get(key), put: async (key, standing) => void rows.set(key, standing) };
}

describe('sessions and kept answers, over sockets', () => {
  const records: Attribution[] = [];
  let small: Host;
  let large: Host;
  let server: RunningServer;

  beforeAll(async () => {
    small = await startOpenAiHost(reply);
    large = await startOpenAiHost(reply);
    const rules = [{ when: { keywords: ['carefully'] }, tier: 'large' }];
    const ladder = ['small', 'large'];
    const prepared = await prepare(
      aPolicy({
        tiers: [
          aTier({ id: 'small', baseUrl: small.url, prices: [price(0.5, 1, 0.05)] }),
          aTier({ id: 'large', baseUrl: large.url, prices: [price(1, 4, 0.1)] }),
        ],
        tasks: [
          aTask({ id: 'chat', ladder, rules, session: { sticky: true }, expectedOutputTokens: 20 }),
          aTask({ id: 'essay', ladder, rules, session: { sticky: true }, expectedOutputTokens: 4000 }),
          aTask({ id: 'faq', ladder, cache: { ttlSeconds: 60, anyTemperature: true } }),
        ],
      }),
    );
    const nowMs = (): number => performance.timeOrigin + performance.now();
    let requests = 0;
    const newRequestId = (): string => `req-${++requests}`;
    const app = createApp({
      policy: () => ({ prepared, ageSeconds: 0, source: 'fallback' }),
      callerOf: trustedCaller,
      providers: createProviders({ secrets: () => Promise.reject(new Error('no secrets')) }),
      sessions: createSessions({ store: memoryStore(), nowMs, onUnreachable: () => {} }),
      answers: createAnswerCache(),
      newRequestId,
      nowMs,
      random: Math.random,
      pause: () => Promise.resolve(),
    });
    server = await startServer({
      app,
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId,
      afterwards: ({ attribution }) => void attribution?.then((record) => record && records.push(record)),
    });
  });
  afterAll(async () => {
    await server.close(100);
    await Promise.all([small.close(), large.close()]);
  });
  beforeEach(() => {
    records.length = 0;
  });

  function client(customer: string, session?: string): OpenAI {
    const defaultHeaders = { 'x-tierwise-customer': customer, ...(session && { 'x-tierwise-session': session }) };
    return new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1`, maxRetries: 0, defaultHeaders });
  }

  async function say(from: OpenAI, model: string, messages: Messages, more: { tools?: typeof TOOLS } = {}) {
    const { data, response } = await from.chat.completions.create({ model, messages, ...more }).withResponse();
    return { data, tier: response.headers.get('x-tierwise-tier'), reason: response.headers.get('x-tierwise-reason') };
  }

  const asked = (): number => small.seen.length + large.seen.length;
  const opening: Messages = [
    { role: 'system', content: CONTEXT },
    { role: 'user', content: 'Read it carefully.' },
  ];
  const next: Messages = [
    ...opening,
    { role: 'assistant', content: 'I did.' },
    { role: 'user', content: 'Short answer?' },
  ];

  it('stays where the context is cached, for its own customer alone, and goes where that pays', async () => {
    const acme = client('acme', 's-1');
    expect(await say(acme, 'auto:chat', opening)).toMatchObject({ tier: 'large', reason: 'rule' });
    expect(await say(acme, 'auto:chat', next)).toMatchObject({ tier: 'large', reason: 'session' });
    expect(await say(client('umbra', 's-1'), 'auto:chat', next)).toMatchObject({ tier: 'small', reason: 'start' });
    expect(await say(client('acme', 's-2'), 'auto:chat', next)).toMatchObject({ tier: 'small', reason: 'start' });
    expect(await say(client('acme'), 'auto:chat', next)).toMatchObject({ tier: 'small', reason: 'start' });
    // The same prices, but an answer so long that the cheaper tier saves more than reading the context again costs.
    expect(await say(acme, 'auto:essay', opening)).toMatchObject({ tier: 'large', reason: 'rule' });
    expect(await say(acme, 'auto:essay', next)).toMatchObject({ tier: 'small', reason: 'start' });
  });

  it('keeps a streamed session too', async () => {
    const acme = client('acme', 's-3');
    const stream = await acme.chat.completions.create({ model: 'auto:chat', messages: opening, stream: true });
    for await (const _chunk of stream);
    expect(await say(acme, 'auto:chat', next)).toMatchObject({ tier: 'large', reason: 'session' });
  });

  it('ends a tool loop where it began, however cheap the other tier is', async () => {
    const acme = client('acme', 's-4');
    const messages: Messages = [{ role: 'user', content: 'Look carefully where order 7 is.' }];
    const call = await say(acme, 'auto:chat', messages, { tools: TOOLS });
    expect(call).toMatchObject({ tier: 'large', reason: 'rule' });
    const calling = call.data.choices[0]?.message as OpenAI.Chat.ChatCompletionMessageParam;
    messages.push(calling, { role: 'tool', tool_call_id: CALL.id, content: 'On its way.' });
    messages.push({ role: 'user', content: 'And?' });
    expect(await say(acme, 'auto:chat', messages, { tools: TOOLS })).toMatchObject({
      tier: 'large',
      reason: 'session',
    });
    expect(await say(client('umbra', 's-4'), 'auto:chat', messages, { tools: TOOLS })).toMatchObject({ tier: 'small' });
  });

  it('answers the same question of the same customer once, and no other customer with it', async () => {
    const question: Messages = [{ role: 'user', content: 'When do you open?' }];
    const before = asked();
    const first = await say(client('acme'), 'auto:faq', question);
    const again = await say(client('acme'), 'auto:faq', question);
    expect(again).toMatchObject({ data: first.data, tier: 'small', reason: 'cached' });
    expect(asked() - before).toBe(1);
    expect(await say(client('umbra'), 'auto:faq', question)).toMatchObject({ tier: 'small', reason: 'start' });
    expect(asked() - before).toBe(2);
    expect(records.map(({ costUsd, savedUsd }) => [costUsd > 0, savedUsd])).toEqual([
      [true, undefined],
      [false, records[0]?.costUsd],
      [true, undefined],
    ]);
  });

  it('streams what was answered whole and gives whole what was streamed, with usage for who asks', async () => {
    const before = asked();
    const acme = client('acme');
    async function streamed(question: string, usage: boolean) {
      const stream = await acme.chat.completions.create({
        model: 'auto:faq',
        messages: [{ role: 'user', content: question }],
        stream: true,
        ...(usage && { stream_options: { include_usage: true } }),
      });
      let text = '';
      let told: unknown;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        told = chunk.usage ?? told;
      }
      return { text, told };
    }
    const first = await streamed('Where are you?', false);
    const whole = await say(acme, 'auto:faq', [{ role: 'user', content: 'Where are you?' }]);
    expect(whole).toMatchObject({
      reason: 'cached',
      data: { object: 'chat.completion', usage: { completion_tokens: 20 } },
    });
    expect(whole.data.choices[0]?.message.content).toBe(first.text);
    expect(first.text).toBe('Answer of small-model, 🙂 and all.');
    const again = await streamed('Where are you?', true);
    expect(again).toMatchObject({ text: first.text, told: { completion_tokens: 20, cost_usd: 0 } });
    expect((await streamed('Where are you?', false)).told).toBeUndefined();
    expect(asked() - before).toBe(1);
  });

  it('asks again where the answer would call a tool', async () => {
    const question: Messages = [{ role: 'user', content: 'Where is order 7?' }];
    const before = asked();
    for (let time = 0; time < 2; time++) await say(client('acme'), 'auto:faq', question, { tools: TOOLS });
    expect(asked() - before).toBe(2);
  });
});
