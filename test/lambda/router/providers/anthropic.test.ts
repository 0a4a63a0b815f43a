import { afterEach, describe, expect, it } from 'vitest';
import { createProviders } from '../../../../lambda/router/providers/registry';
import type { ProviderCall, TierProvider } from '../../../../lib/core/execution/provider';
import type { ChatBody } from '../../../../lib/core/types-chat';
import type { Tier } from '../../../../lib/core/types-policy';
import { aBody, aTier } from '../../../builders';
import { drained } from '../../../contracts/provider/bench';
import { providerContract } from '../../../contracts/provider-contract';
import { startAnthropicHost } from '../../../fixtures/hosts/anthropic-host';
import type { Host } from '../../../fixtures/hosts/host';
import { answering, type HostScript } from '../../../fixtures/hosts/script';
import { seenByAnthropic } from '../../../fixtures/hosts/seen-call';
import { wire } from '../../../fixtures/hosts/wire';

const secrets = async () => 'test-key';

providerContract('anthropic', () => ({
  provider: createProviders({ secrets }).anthropic as TierProvider,
  startHost: startAnthropicHost,
  tierAt: (url, parts) => aTier({ id: 'test', provider: 'anthropic', baseUrl: url, apiKey: 'test-key', ...parts }),
  read: seenByAnthropic,
  tells: { reasoningTokens: true, hourlyCacheWrites: true },
  passesUnknownFields: false,
  imageAddresses: true,
}));

describe('a host that speaks Messages', () => {
  const provider = createProviders({ secrets }).anthropic as TierProvider;
  const hosts: Host[] = [];

  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  async function hostWith(script: HostScript): Promise<Host> {
    const host = await startAnthropicHost(script);
    hosts.push(host);
    return host;
  }

  function callTo(host: Host, body: Partial<ChatBody> = {}, parts: Partial<Tier> = {}): ProviderCall {
    const tier = aTier({ id: 'test', provider: 'anthropic', baseUrl: host.url, apiKey: 'k-1', ...parts });
    return { tier, model: tier.model, body: aBody(body), signal: new AbortController().signal };
  }

  async function bodyOf(body: Partial<ChatBody>, parts: Partial<Tier> = {}) {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    await provider.complete(callTo(host, body, parts));
    return host.seen[0]?.body as Record<string, unknown>;
  }

  const JSON_TYPE = { 'content-type': 'application/json' };
  const SSE = { 'content-type': 'text/event-stream' };

  it('is asked at its path, with key and version', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    await provider.complete(callTo(host, {}, { headers: { 'anthropic-beta': 'x-2026' } }));
    expect(host.seen[0]).toMatchObject({
      method: 'POST',
      path: '/v1/messages',
      headers: { 'x-api-key': 'k-1', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'x-2026' },
    });
    expect(host.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('gets a limit of output always: of the caller, of the tier, or 4096', async () => {
    expect((await bodyOf({ max_tokens: 5, max_completion_tokens: 6 }, { maxOutputTokens: 7 })).max_tokens).toBe(6);
    expect((await bodyOf({}, { maxOutputTokens: 7 })).max_tokens).toBe(7);
    expect((await bodyOf({})).max_tokens).toBe(4096);
  });

  const CHOICES: [Partial<ChatBody>, unknown][] = [
    [{}, undefined],
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ tool_choice: { type: 'function', function: { name: 'now' } } }, { type: 'tool', name: 'now' }],
  ];

  it.each(CHOICES)('is told how tools may be chosen: %j', async (asked, choice) => {
    const body = await bodyOf({ tools: [{ type: 'function', function: { name: 'now', strict: true } }], ...asked });
    expect(body.tools).toEqual([{ name: 'now', input_schema: { type: 'object' }, strict: true }]);
    expect(body.tool_choice).toEqual(choice);
  });

  it('gets the schema of an answer as output format, and nothing it does not know', async () => {
    const schema = { type: 'object' };
    const format = { type: 'json_schema' as const, json_schema: { name: 'x', schema } };
    const body = await bodyOf({ response_format: format, user: 'u', metadata: { a: 'b' }, n: 1, stop: 'END' });
    expect(body).toEqual({
      model: 'test-model',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }],
      output_config: { format: { type: 'json_schema', schema } },
      stop_sequences: ['END'],
    });
  });

  it('gets the description of an answer within its schema, where the schema has none of its own', async () => {
    const formatOf = (schema: object) => ({
      type: 'json_schema' as const,
      json_schema: { name: 'x', description: 'A label.', schema: schema as Record<string, unknown> },
    });
    const plain = await bodyOf({ response_format: formatOf({ type: 'object' }) });
    expect(plain.output_config).toMatchObject({ format: { schema: { type: 'object', description: 'A label.' } } });
    const described = await bodyOf({ response_format: formatOf({ description: 'Its own.' }) });
    expect(described.output_config).toMatchObject({ format: { schema: { description: 'Its own.' } } });
  });

  it('gets system and developer text from anywhere, and a refusal as what was said', async () => {
    const body = await bodyOf({
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'One.' }] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', refusal: 'I will not.' },
        { role: 'system', content: 'Two.' },
        { role: 'user', content: '' },
        { role: 'user', content: 'Why?' },
      ],
    });
    expect(body.system).toBe('One.\n\nTwo.');
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'I will not.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
    ]);
  });

  it('streams thinking, text and tool calls as recorded', async () => {
    const recorded = wire('anthropic-tool-stream.txt');
    for (const size of [100_000, 333]) {
      const bytes = Buffer.from(recorded);
      const body = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const host = await hostWith([{ kind: 'raw', status: 200, headers: SSE, body }]);
      const { chunks, tail } = await drained(await provider.stream(callTo(host)));
      expect(chunks.every(({ id, model }) => id === 'msg_01Xa' && model === 'claude-opus-5-5')).toBe(true);
      expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
        { role: 'assistant', content: '' },
        { reasoning_content: 'Two places, ' },
        { reasoning_content: 'two calls.' },
        { content: 'I look both up.' },
        { tool_calls: [{ index: 0, id: 'toolu_01A', type: 'function', function: { name: 'weather', arguments: '' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"place": "Kö' } }] },
        { tool_calls: [{ index: 0, function: { arguments: 'ln"}' } }] },
        { tool_calls: [{ index: 1, id: 'toolu_01B', type: 'function', function: { name: 'now', arguments: '' } }] },
        { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
        {},
      ]);
      expect(chunks[chunks.length - 1]?.choices[0]?.finish_reason).toBe('tool_calls');
      expect(tail.usage).toMatchObject({
        inputTokens: 412,
        cacheReadTokens: 2048,
        outputTokens: 118,
        reasoningTokens: 41,
      });
    }
  });

  it('answers in one piece as recorded', async () => {
    const host = await hostWith([
      { kind: 'raw', status: 200, headers: JSON_TYPE, body: [wire('anthropic-message.json')] },
    ]);
    const { completion, usage } = await provider.complete(callTo(host));
    expect(completion).toMatchObject({ id: 'msg_01Yb', model: 'claude-opus-5-5' });
    expect(completion.choices[0]?.message).toEqual({
      role: 'assistant',
      content: 'billing',
      refusal: null,
      reasoning_content: 'A refund is billing.',
    });
    expect(usage).toMatchObject({ cacheWrite5mTokens: 100, cacheWrite1hTokens: 200, reasoningTokens: 12 });
    expect(completion.usage?.prompt_tokens).toBe(320);
  });

  /** What a message that breaks off after its start tells by then. */
  async function toldBy(usage: object): Promise<unknown[]> {
    const message = { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'm', usage };
    const body = [`event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n`];
    const host = await hostWith([{ kind: 'raw', status: 200, headers: SSE, body }]);
    const told: unknown[] = [];
    const progress = { reached: () => {}, tells: (...args: unknown[]) => void told.push(args) };
    await drained(await provider.stream(Object.assign(callTo(host), { progress })));
    return told;
  }

  it('tells of the prompt at the start of a message, cache and all, unless it counts nothing there', async () => {
    const usage = { input_tokens: 12, cache_read_input_tokens: 900, output_tokens: 1 };
    expect(await toldBy(usage)).toEqual([
      [expect.objectContaining({ inputTokens: 12, cacheReadTokens: 900 }), 'prompt'],
    ]);
    expect(await toldBy({ input_tokens: 0, output_tokens: 0 })).toEqual([]);
  });

  it('holds the finish reason back until the message is whole', async () => {
    const recorded = wire('anthropic-tool-stream.txt').split('event: message_stop')[0] as string;
    const host = await hostWith([{ kind: 'raw', status: 200, headers: SSE, body: [recorded] }]);
    const { chunks } = await drained(await provider.stream(callTo(host)));
    expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason))).not.toContain('tool_calls');
  });

  const STOPS: [string, string][] = [
    ['stop_sequence', 'stop'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
  ];

  it.each(STOPS)('knows the stop reason %s', async (stopReason, finish) => {
    const host = await hostWith([answering({ text: 'x', stopReason })]);
    expect((await provider.complete(callTo(host))).completion.choices[0]?.finish_reason).toBe(finish);
  });

  it.each(['pause_turn', 'unheard_of'])('takes the stop reason %s for a failure', async (stopReason) => {
    const host = await hostWith([answering({ text: 'x', stopReason })]);
    const told: unknown[] = [];
    const progress = { reached: () => {}, tells: (...args: unknown[]) => void told.push(args) };
    const call = Object.assign(callTo(host), { progress });
    await expect(provider.complete(call)).rejects.toMatchObject({ failure: 'malformed' });
    const all = [expect.objectContaining({ inputTokens: 12, outputTokens: 7 }), 'all'];
    expect(told).toEqual([all]);
    await expect(drained(await provider.stream(call))).rejects.toMatchObject({ failure: 'malformed' });
    expect(told.at(-1)).toEqual(all);
  });

  it('makes a refusal without words one that can be read', async () => {
    const host = await hostWith([answering({ finish: 'content_filter' })]);
    const { completion } = await provider.complete(callTo(host));
    expect(completion.choices[0]?.message.refusal).toMatch(/refused/);
    const { chunks } = await drained(await provider.stream(callTo(host)));
    expect(chunks.some(({ choices }) => choices[0]?.delta.refusal)).toBe(true);
  });

  it('takes an event without its members for a failure', async () => {
    const body = ['event: message_start\ndata: {"type":"message_start"}\n\n'];
    const host = await hostWith([{ kind: 'raw', status: 200, headers: SSE, body }]);
    await expect(drained(await provider.stream(callTo(host)))).rejects.toMatchObject({ failure: 'malformed' });
  });
});
