import { afterEach, describe, expect, it } from 'vitest';
import { createProviders } from '../../../../lambda/router/providers/registry';
import type { ProviderCall, TierProvider } from '../../../../lib/core/execution/provider';
import type { ChatBody } from '../../../../lib/core/types-chat';
import type { Tier } from '../../../../lib/core/types-policy';
import { aBody, aTier } from '../../../builders';
import { drained } from '../../../contracts/provider/bench';
import { providerContract } from '../../../contracts/provider-contract';
import type { Host } from '../../../fixtures/hosts/host';
import { startOpenAiHost } from '../../../fixtures/hosts/openai-host';
import { answering, type HostScript } from '../../../fixtures/hosts/script';
import { seenByOpenAi } from '../../../fixtures/hosts/seen-call';
import { wire } from '../../../fixtures/hosts/wire';

const secrets = async () => 'test-key';

providerContract('openai-compatible', () => ({
  provider: createProviders({ secrets })['openai-compatible'] as TierProvider,
  startHost: startOpenAiHost,
  tierAt: (url, parts) => aTier({ id: 'test', baseUrl: url, apiKey: 'test-key', ...parts }),
  read: seenByOpenAi,
  tells: { reasoningTokens: true, hourlyCacheWrites: false },
  passesUnknownFields: true,
  imageAddresses: true,
}));

describe('a host that speaks Chat Completions', () => {
  const provider = createProviders({ secrets })['openai-compatible'] as TierProvider;
  const hosts: Host[] = [];

  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  async function hostWith(script: HostScript): Promise<Host> {
    const host = await startOpenAiHost(script);
    hosts.push(host);
    return host;
  }

  function callTo(host: Host, body: Partial<ChatBody> = {}, parts: Partial<Tier> = {}): ProviderCall {
    const tier = aTier({ id: 'test', baseUrl: host.url, ...parts });
    return { tier, model: tier.model, body: aBody(body), signal: new AbortController().signal };
  }

  const SSE = { 'content-type': 'text/event-stream' };
  const streaming = (...body: (string | Buffer)[]): HostScript => [{ kind: 'raw', status: 200, headers: SSE, body }];
  const chunk = (delta: object, more: object = {}) =>
    JSON.stringify({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, ...more }],
    });

  async function streamed(script: HostScript, body: Partial<ChatBody> = {}) {
    return drained(await provider.stream(callTo(await hostWith(script), body)));
  }

  it.each(['openai-stream.txt', 'vllm-stream.txt'])(
    'passes the bytes of %s on untouched, cut anywhere',
    async (file) => {
      const recorded = wire(file);
      const kept = recorded
        .split('\n\n')
        .filter((event) => event.startsWith('data: {') && !event.includes('"choices":[]'))
        .map((event) => `${event}\n\n`)
        .join('');
      const bytes = Buffer.from(recorded);
      for (const size of [bytes.length, 997, 61]) {
        const reads = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        expect((await streamed(streaming(...reads))).bytes).toBe(kept);
      }
    },
  );

  it('tells usage at the end as tokens by price and in the words of the wire', async () => {
    const { tail } = await streamed(streaming(wire('openai-stream.txt')));
    expect(tail.usage).toEqual({
      inputTokens: 25,
      outputTokens: 74,
      cacheReadTokens: 1280,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      reasoningTokens: 64,
      estimated: false,
    });
    expect(tail.wireUsage).toMatchObject({ prompt_tokens: 1305, completion_tokens_details: { audio_tokens: 0 } });
  });

  it('tells usage as soon as it has come, but not what stands beside words', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const beside = JSON.stringify({ ...JSON.parse(chunk({ content: 'Hi' })), usage });
    const alone = JSON.stringify({ ...JSON.parse(chunk({})), choices: [], usage });
    const toldBy = async (...events: string[]): Promise<unknown[]> => {
      const told: unknown[] = [];
      const progress = { reached: () => {}, tells: (...args: unknown[]) => void told.push(args) };
      const host = await hostWith(streaming(events.map((event) => `data: ${event}\n\n`).join('')));
      await drained(await provider.stream(Object.assign(callTo(host), { progress })));
      return told;
    };
    expect(await toldBy(beside)).toEqual([]);
    expect(await toldBy(beside, alone)).toEqual([
      [expect.objectContaining({ inputTokens: 5, outputTokens: 2, estimated: false }), 'all'],
    ]);
  });

  it('tells the usage of an answer without sense, which is billed like any other', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const reply = { kind: 'raw', status: 200, headers: { 'content-type': 'application/json' } } as const;
    const host = await hostWith([{ ...reply, body: [JSON.stringify({ choices: 'none', usage })] }]);
    const told: unknown[] = [];
    const progress = { reached: () => {}, tells: (...args: unknown[]) => void told.push(args) };
    const failure = provider.complete(Object.assign(callTo(host), { progress }));
    await expect(failure).rejects.toMatchObject({ failure: 'malformed' });
    expect(told).toEqual([[expect.objectContaining({ inputTokens: 5, outputTokens: 2 }), 'all']]);
  });

  it('asks for usage always and leaves the rest of the body as the caller wrote it', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    const body = { model: 'auto', unheard_of: { a: [1] }, seed: null, stream_options: { include_obfuscation: false } };
    await drained(await provider.stream(callTo(host, body as Partial<ChatBody>)));
    expect(host.seen[0]?.body).toEqual({
      ...aBody(body as Partial<ChatBody>),
      model: 'test-model',
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  it('takes usage out of an event that has content too, unless the caller asked for it there', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const event = JSON.stringify({ ...JSON.parse(chunk({ content: 'Hi' }, { finish_reason: 'stop' })), usage });
    const script = streaming(`data: ${chunk({ content: 'Oh. ' })}\n\ndata: ${event}\n\ndata: [DONE]\n\n`);
    const plain = await streamed(script);
    expect(plain.bytes).toBe(
      `data: ${chunk({ content: 'Oh. ' })}\n\ndata: ${chunk({ content: 'Hi' }, { finish_reason: 'stop' })}\n\n`,
    );
    expect(plain.tail.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
    const asked = { stream_options: { continuous_usage_stats: true } } as Partial<ChatBody>;
    expect((await streamed(script, asked)).bytes).toContain('"total_tokens":7');
  });

  it('frames events anew that came in another frame', async () => {
    const script = streaming(`event: x\r\ndata: ${chunk({ content: 'a' })}\r\n\r\ndata:${chunk({ content: 'b' })}\n\n`);
    expect((await streamed(script)).bytes).toBe(
      `data: ${chunk({ content: 'a' })}\n\ndata: ${chunk({ content: 'b' })}\n\n`,
    );
  });

  it('takes an end without [DONE] for an end, and reads nothing after it', async () => {
    const event = `data: ${chunk({ content: 'a' })}\n\n`;
    expect((await streamed(streaming(event))).bytes).toBe(event);
    expect((await streamed(streaming(`${event}data: [DONE]\n\n${event}`))).bytes).toBe(event);
    expect((await streamed(streaming(event.trimEnd()))).bytes).toBe(event);
  });

  const BROKEN: [string, string, string][] = [
    ['an end within an event', '{"id":"c","cho', 'cut'],
    ['an event that is no JSON', '{oops}\n\n', 'malformed'],
    ['an event without choices', '{"id":"c"}\n\n', 'malformed'],
    ['a word that is a number', '{"choices":[{"index":0,"delta":{"content":5}}]}\n\n', 'malformed'],
    ['calls that are no list', '{"choices":[{"index":0,"delta":{"tool_calls":{}}}]}\n\n', 'malformed'],
    ['a call that is nothing', '{"choices":[{"index":0,"delta":{"tool_calls":[null]}}]}\n\n', 'malformed'],
    ['a model that is a number', '{"choices":[],"model":7}\n\n', 'malformed'],
    ['an error as old vLLM words it', '{"object":"error","message":"x","code":500}\n\n', 'server-error'],
    ['an error as OpenAI words it', '{"error":{"message":"x","code":"context_length_exceeded"}}\n\n', 'context-length'],
  ];

  it.each(BROKEN)('hands out what stood before %s', async (_, broken, cause) => {
    const host = await hostWith(streaming(`data: ${chunk({ content: 'a' })}\n\ndata: ${broken}`));
    const stream = await provider.stream(callTo(host));
    expect((await stream.next()).value).toMatchObject({ chunks: [{ choices: [{ delta: { content: 'a' } }] }] });
    await expect(stream.next()).rejects.toMatchObject({ failure: cause });
  });

  it('gives a delta to choices that came without one', async () => {
    const azure = '{"id":"c","choices":[{"index":0,"content_filter_offsets":{"check_offset":1}}]}';
    const { bytes, chunks } = await streamed(streaming(`data: ${azure}\n\n`));
    expect(bytes).toBe(`data: ${azure}\n\n`);
    expect(chunks[0]?.choices[0]?.delta).toEqual({});
  });

  it('takes a whole answer to a stream for one chunk', async () => {
    const toolCalls = [{ id: 'call_1', name: 'now', arguments: '{}' }];
    const whole = await hostWith([answering({ text: 'Hi', toolCalls })]);
    const { text } = await provider.complete(callTo(whole));
    const headers = { 'content-type': 'application/json' };
    const { chunks, tail, bytes } = await streamed([{ kind: 'raw', status: 200, headers, body: [text] }]);
    expect(chunks[0]?.choices[0]).toMatchObject({
      delta: { content: 'Hi', tool_calls: [{ index: 0, id: 'call_1' }] },
      finish_reason: 'tool_calls',
    });
    expect(bytes).toBe(`data: ${JSON.stringify(chunks[0])}\n\n`);
    expect(tail.usage?.outputTokens).toBe(7);
  });

  const NO_COMPLETIONS: [string, string][] = [
    ['{"error":{"message":"busy","type":"overloaded_error"}}', 'overloaded'],
    ['{"object":"error","message":"prompt is too long","code":400}', 'context-length'],
    ['{"id":"x"}', 'malformed'],
    ['{"choices":[{}]}', 'malformed'],
    ['{"choices":[],"model":5}', 'malformed'],
    ...[
      '{"content":5}',
      '{"content":[null]}',
      '{"refusal":{}}',
      '{"tool_calls":{}}',
      '{"tool_calls":[null]}',
      '{"tool_calls":[{"id":"c"}]}',
      '{"tool_calls":[{"function":"f"}]}',
      '{"tool_calls":[{"function":{"name":"f","arguments":{}}}]}',
    ].map((message): [string, string] => [`{"choices":[{"index":0,"message":${message}}]}`, 'malformed']),
    ['{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":1}]}', 'malformed'],
    ['[]', 'malformed'],
    ['', 'malformed'],
  ];

  it.each(NO_COMPLETIONS)('tells a body of status 200 that is no completion: %s', async (body, cause) => {
    const headers = { 'content-type': 'application/json' };
    const host = await hostWith([{ kind: 'raw', status: 200, headers, body: [body] }]);
    await expect(provider.complete(callTo(host))).rejects.toMatchObject({ failure: cause });
    await expect(provider.stream(callTo(host))).rejects.toMatchObject({ failure: cause });
  });

  it("hands out the host's own text", async () => {
    const text =
      '{ "choices": [ {"index":0,"message":{"role":"assistant","content":"ü"},"finish_reason":"stop"} ] , "x": 1 }';
    const host = await hostWith([{ kind: 'raw', status: 200, headers: {}, body: [text] }]);
    const answer = await provider.complete(callTo(host));
    expect(answer.text).toBe(text);
    expect(answer.usage).toBeUndefined();
  });

  it('counts reasoning that a host counts beside the completion', async () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 45,
      completion_tokens_details: { reasoning_tokens: 30 },
    };
    const body = JSON.stringify({ choices: [], usage });
    const host = await hostWith([{ kind: 'raw', status: 200, headers: {}, body: [body] }]);
    expect((await provider.complete(callTo(host))).usage).toMatchObject({ outputTokens: 35, reasoningTokens: 30 });
  });

  it('sends the key as a bearer token, and none where there is none', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    await provider.complete(callTo(host, {}, { apiKey: 'k-1' }));
    await provider.complete(callTo(host));
    await provider.complete(callTo(host, {}, { apiKey: 'k-1', headers: { Authorization: 'Basic abc' } }));
    expect(host.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer k-1', undefined, 'Basic abc']);
  });

  it('reads a rotated key anew upon a refusal, once', async () => {
    const values = ['old', 'new', 'newest'];
    const rotating = createProviders({ secrets: async () => values.shift() ?? 'last' });
    const host = await hostWith(({ headers }) =>
      headers.authorization === 'Bearer old' ? { kind: 'error', error: 'auth' } : answering({ text: 'Yes.' }),
    );
    const call = callTo(host, {}, { apiKeySecret: 'tierwise/small' });
    await rotating['openai-compatible']?.complete(call);
    await rotating['openai-compatible']?.complete(call);
    expect(host.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new', 'Bearer new']);
  });

  it('keeps what it was called with to itself when a host repeats it', async () => {
    const message = 'Called with tier-key-1 and header-key-2, en route.';
    const body = [JSON.stringify({ error: { message } })];
    const host = await hostWith([{ kind: 'raw', status: 400, headers: {}, body }]);
    const tier = { apiKey: 'tier-key-1', headers: { 'api-key': 'header-key-2', 'x-hop': 'en' } };
    await expect(provider.complete(callTo(host, {}, tier))).rejects.toMatchObject({
      message: 'Called with [key] and [key], en route.',
    });
  });

  it('follows no redirect', async () => {
    const host = await hostWith([{ kind: 'raw', status: 307, headers: { location: 'http://127.0.0.1:9/' }, body: [] }]);
    await expect(provider.complete(callTo(host))).rejects.toMatchObject({ failure: 'malformed' });
    expect(host.seen.length).toBe(1);
  });
});
