import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProviders } from '../../../../lambda/router/providers/registry';
import type { ProviderCall, TierProvider } from '../../../../lib/core/execution/provider';
import type { ChatBody } from '../../../../lib/core/types-chat';
import type { Tier } from '../../../../lib/core/types-policy';
import { aBody, aTier } from '../../../builders';
import { drained } from '../../../contracts/provider/bench';
import { providerContract } from '../../../contracts/provider-contract';
import { startBedrockHost } from '../../../fixtures/hosts/bedrock-host';
import type { Host } from '../../../fixtures/hosts/host';
import { answering, type HostScript } from '../../../fixtures/hosts/script';
import { seenByBedrock } from '../../../fixtures/hosts/seen-call';

const secrets = async () => 'test-key';
const BEDROCK = { provider: 'bedrock', region: 'eu-central-1', apiKey: 'test-key' };

providerContract('bedrock', () => ({
  provider: createProviders({ secrets }).bedrock as TierProvider,
  startHost: startBedrockHost,
  tierAt: (url, parts) => aTier({ id: 'test', ...BEDROCK, baseUrl: url, ...parts }),
  read: seenByBedrock,
  tells: { reasoningTokens: false, hourlyCacheWrites: true },
  passesUnknownFields: false,
  imageAddresses: false,
}));

describe('a host that speaks Converse', () => {
  const provider = createProviders({ secrets }).bedrock as TierProvider;
  const hosts: Host[] = [];

  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  async function hostWith(script: HostScript): Promise<Host> {
    const host = await startBedrockHost(script);
    hosts.push(host);
    return host;
  }

  function call(parts: Partial<Tier>, body: Partial<ChatBody> = {}, model?: string): ProviderCall {
    const tier = aTier({ id: 'test', ...BEDROCK, ...parts });
    return { tier, model: model ?? tier.model, body: aBody(body), signal: new AbortController().signal };
  }

  it('is asked with a bearer key over HTTP/1.1', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    await provider.complete(call({ baseUrl: host.url }));
    expect(host.seen[0]).toMatchObject({
      path: '/model/test-model/converse',
      headers: { authorization: 'Bearer test-key' },
    });
  });

  it('is found through the environment and asked with signed requests where the policy names neither', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', host.url);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    const { baseUrl: _, apiKey: __, region: ___, ...tier } = call({}).tier;
    const answer = await provider.complete({ ...call({}), tier });
    expect(answer.completion.choices[0]?.message.content).toBe('Yes.');
    expect(host.seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-west-1\/bedrock\//,
    );
  });

  it('is asked for the profile of its model, and for a fine-tune by its own id', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    const tier = { baseUrl: host.url, model: 'nova', profile: 'eu.nova' };
    await provider.complete(call(tier));
    await provider.complete(call(tier, {}, 'arn:tuned'));
    expect(host.seen.map((seen) => seenByBedrock(seen).model)).toEqual(['eu.nova', 'arn:tuned']);
  });

  it('gets guardrail, limits and formats, and nothing it does not know', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    const guardrail = { id: 'gr-1', version: '3', trace: true };
    const schema = { type: 'object' };
    const format = { type: 'json_schema' as const, json_schema: { name: 'x', schema } };
    const body = { response_format: format, user: 'u', stop: 'END', temperature: 0 };
    await provider.complete(call({ baseUrl: host.url, guardrail, maxOutputTokens: 9 }, body));
    expect(host.seen[0]?.body).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }],
      inferenceConfig: { maxTokens: 9, temperature: 0, stopSequences: ['END'] },
      guardrailConfig: { guardrailIdentifier: 'gr-1', guardrailVersion: '3', trace: 'enabled' },
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'x', schema: '{"type":"object"}' } } },
      },
    });
  });

  const STOPS: [string, string][] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
  ];

  it.each(STOPS)('knows the stop reason %s', async (stopReason, finish) => {
    const host = await hostWith([answering({ text: 'x', stopReason })]);
    const { completion } = await provider.complete(call({ baseUrl: host.url }));
    expect(completion.choices[0]?.finish_reason).toBe(finish);
  });

  it.each(['malformed_model_output', 'malformed_tool_use', 'unheard_of'])(
    'takes %s for a failure',
    async (stopReason) => {
      const host = await hostWith([answering({ text: 'x', stopReason })]);
      await expect(provider.complete(call({ baseUrl: host.url }))).rejects.toMatchObject({ failure: 'malformed' });
      await expect(drained(await provider.stream(call({ baseUrl: host.url })))).rejects.toMatchObject({
        failure: 'malformed',
      });
    },
  );

  const refusal = (type: string, status: number, message: string, headers = {}): HostScript => [
    {
      kind: 'raw',
      status,
      headers: { 'x-amzn-errortype': type, 'content-type': 'application/json', ...headers },
      body: [JSON.stringify({ message })],
    },
  ];

  const EXCEPTIONS: [string, number, string, string][] = [
    ['ValidationException', 400, 'Input is too long for requested model.', 'context-length'],
    [
      'ValidationException',
      400,
      'The model returned: prompt is too long: 210000 tokens > 200000 maximum',
      'context-length',
    ],
    ['ValidationException', 400, 'input length and `max_tokens` exceed context limit: 1 + 2 > 2', 'context-length'],
    ['ValidationException', 400, 'too many total text bytes: 30000000 > 20000000', 'context-length'],
    ['ValidationException', 400, 'The provided model identifier is invalid.', 'unknown-model'],
    ['ValidationException', 400, 'The toolConfig field must be defined.', 'invalid-request'],
    ['ThrottlingException', 429, 'Too many tokens, please wait before trying again.', 'rate-limited'],
    ['ServiceQuotaExceededException', 400, 'Quota.', 'rate-limited'],
    ['ModelNotReadyException', 429, 'Warming up.', 'overloaded'],
    ['ModelTimeoutException', 408, 'Too slow.', 'server-error'],
    ['ModelErrorException', 424, 'It broke.', 'server-error'],
    ['UnrecognizedClientException', 403, 'The security token is invalid.', 'auth'],
    ['SomethingNewException', 502, 'Huh.', 'server-error'],
  ];

  it.each(EXCEPTIONS)('knows %s (%i): %s', async (type, status, message, cause) => {
    const host = await hostWith(refusal(type, status, message, { 'retry-after': '2' }));
    const failure = await provider.complete(call({ baseUrl: host.url })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: cause, retryAfterMs: 2000 });
    expect(host.seen.length).toBe(1);
  });

  it('failing without a word in JSON is judged by its status', async () => {
    const host = await hostWith([{ kind: 'raw', status: 503, headers: {}, body: ['<html>busy</html>'] }]);
    await expect(provider.complete(call({ baseUrl: host.url }))).rejects.toMatchObject({ failure: 'overloaded' });
  });

  it('breaking off within a frame is a cut', async () => {
    const first = await hostWith([answering({ text: 'One two three' })]);
    const recorded = await fetch(`${first.url}/model/x/converse-stream`, { method: 'POST', body: '{}' });
    const beginning = new Uint8Array(await recorded.arrayBuffer()).subarray(0, 300);
    const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
    const host = await hostWith([{ kind: 'raw', status: 200, headers, body: [beginning] }]);
    const stream = await provider.stream(call({ baseUrl: host.url }));
    await expect(drained(stream)).rejects.toMatchObject({ failure: 'cut' });
  });

  it('reads on after messageStop for the usage', async () => {
    const host = await hostWith([answering({ text: 'Yes.', usage: { input: 5, output: 6 } })]);
    const { chunks, tail } = await drained(await provider.stream(call({ baseUrl: host.url })));
    expect(chunks[chunks.length - 1]?.choices[0]?.finish_reason).toBe('stop');
    expect(tail.usage).toMatchObject({ inputTokens: 5, outputTokens: 6 });
  });

  it('tells usage as soon as it has come, before the end that may never come', async () => {
    const answer = { text: 'Yes.', usage: { input: 5, output: 6 } };
    const whole = await hostWith([answering(answer)]);
    const recorded = await fetch(`${whole.url}/model/x/converse-stream`, { method: 'POST', body: '{}' });
    // The last event is there, and half a frame after it.
    const body = [Buffer.concat([Buffer.from(await recorded.arrayBuffer()), Buffer.from([0, 0, 0, 99])])];
    const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
    const host = await hostWith([{ kind: 'raw', status: 200, headers, body }]);
    const told: unknown[] = [];
    const progress = { reached: () => {}, tells: (...args: unknown[]) => void told.push(args) };
    const stream = await provider.stream(Object.assign(call({ baseUrl: host.url }), { progress }));
    await expect(drained(stream)).rejects.toMatchObject({ failure: 'cut' });
    expect(told).toEqual([[expect.objectContaining({ inputTokens: 5, outputTokens: 6 }), 'all']]);
  });

  it('reads a rotated key anew upon a refusal', async () => {
    const values = ['old', 'new'];
    const rotating = createProviders({ secrets: async () => values.shift() ?? 'last' }).bedrock as TierProvider;
    const host = await hostWith(({ headers }) =>
      headers.authorization === 'Bearer old' ? { kind: 'error', error: 'auth' } : answering({ text: 'Yes.' }),
    );
    const { apiKey: _, ...tier } = call({ baseUrl: host.url, apiKeySecret: 'tierwise/bedrock' }).tier;
    await rotating.complete({ ...call({}), tier });
    expect(host.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });
});
