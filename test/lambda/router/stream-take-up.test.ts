import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../lambda/router/runtime';
import { startServer } from '../../../lambda/router/server';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Attribution } from '../../../lib/core/types';
import { startAnthropicHost } from '../../fixtures/hosts/anthropic-host';
import { startBedrockHost } from '../../fixtures/hosts/bedrock-host';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering, type HostReply, type HostScript, type SeenRequest } from '../../fixtures/hosts/script';
import { type ReadStream, readStream } from '../../fixtures/read-stream';

const TEXT = 'one two three four five six';
const WHOLE = answering({ text: TEXT });

interface Dialect {
  readonly provider: string;
  readonly start: (script: HostScript) => Promise<Host>;
  /** Events of a stream up to the second of three pieces of text. */
  readonly begun: number;
}

const OPENAI: Dialect = { provider: 'openai-compatible', start: startOpenAiHost, begun: 3 };
const ANTHROPIC: Dialect = { provider: 'anthropic', start: startAnthropicHost, begun: 5 };
const BEDROCK: Dialect = { provider: 'bedrock', start: startBedrockHost, begun: 3 };

interface TierPlan {
  readonly dialect: Dialect;
  readonly script: HostScript;
  readonly tier?: Readonly<Record<string, unknown>>;
}

interface World {
  readonly url: string;
  readonly hosts: readonly Host[];
  readonly records: readonly Attribution[];
  ask(body?: object, signal?: AbortSignal): Promise<Response>;
  /** The stream as a client reads it, and the record that it leaves. */
  hear(body?: object): Promise<ReadStream & { readonly record: Attribution }>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A real server over real hosts: the ladder is the tiers in their order. */
async function world(...plans: readonly TierPlan[]): Promise<World> {
  const hosts = await Promise.all(plans.map(({ dialect, script }) => dialect.start(script)));
  for (const host of hosts) closing.push(() => host.close());
  const tiers = plans.map(({ dialect, tier }, at) => [`t${at}`, tierOf(dialect, hosts[at] as Host, tier)]);
  const records: Attribution[] = [];
  const runtime = await createRuntime({
    router: 'test',
    openStore: async () => openMemoryStore(),
    fallback: { text: policyOf(Object.fromEntries(tiers)), file: 'policy.json' },
    variables: {},
    refreshMs: 60_000,
    access: { callers: 'trusted' },
    warn: () => undefined,
  });
  closing.push(() => runtime.close());
  const server = await startServer({
    app: runtime.app,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1_000_000,
    newRequestId: runtime.newRequestId,
    afterwards: ({ attribution }) => void attribution?.then((record) => record && records.push(record)),
  });
  closing.push(() => server.close(100));
  const ask = (body: object = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Count.' }], ...body }),
      ...(signal && { signal }),
    });
  return {
    url: server.url,
    hosts,
    records,
    ask,
    async hear(body) {
      const before = records.length;
      const heard = readStream(await (await ask(body)).text());
      await expect.poll(() => records.length, { timeout: 20_000 }).toBe(before + 1);
      return { ...heard, record: records[before] as Attribution };
    },
  };
}

function tierOf({ provider }: Dialect, host: Host, parts: TierPlan['tier']): object {
  return {
    provider,
    baseUrl: host.url,
    model: `${provider}-model`,
    location: 'vpc',
    contextWindow: 32_768,
    capabilities: ['tools'],
    price: { input: 1, output: 2 },
    timeouts: { stallMs: 300 },
    retries: 1,
    ...(provider === 'bedrock' && { region: 'eu-central-1', apiKey: 'key' }),
    ...parts,
  };
}

function policyOf(tiers: Readonly<Record<string, unknown>>): string {
  const audit = { inputs: 'anything', acceptable: 'anything', consequence: 'low' };
  const task = { owner: 'desk', audit, route: 'static', ladder: Object.keys(tiers), oracle: [] };
  const head = { schema: 1, policy: 'desk', owner: 'desk', default: { task: 'general' } };
  return JSON.stringify({ ...head, tiers, tasks: { general: task } });
}

/** The first call plays the one, all others the other. */
const first =
  (reply: HostReply, then: HostReply): HostScript =>
  (_seen, index) =>
    index === 0 ? reply : then;

const broken = (kind: 'cut' | 'stall' | 'end', { begun }: Dialect, text = TEXT): HostReply => ({
  kind,
  answer: { text },
  after: begun,
});

const rolesSeen = ({ seen }: Host): unknown[] =>
  seen.map(({ body }: SeenRequest) => (body.messages as { role: string }[]).map(({ role }) => role));

describe.each([
  ['Chat Completions', OPENAI],
  ['Messages', ANTHROPIC],
  ['Converse', BEDROCK],
] as const)('a stream of %s, once its first words have left', (_name, dialect) => {
  const inBand: HostReply = {
    kind: 'in-band-error',
    error: 'overloaded',
    answer: { text: TEXT },
    after: dialect.begun,
  };

  it.each([
    ['is cut', broken('cut', dialect), 'cut'],
    ['stands still', broken('stall', dialect), 'stall-timeout'],
    ['ends too soon', broken('end', dialect), 'cut'],
    ['tells of an error', inBand, 'overloaded'],
  ] as const)('is taken up by the same tier where it %s: one answer, two calls', async (_fault, reply, cause) => {
    const { hear, hosts } = await world({ dialect, script: first(reply, WHOLE) });
    const heard = await hear({ stream_options: { include_usage: true } });
    expect(heard).toMatchObject({ text: TEXT, finishes: ['stop'], roles: 1, isDone: true, error: undefined });
    expect(heard.ids).toHaveLength(1);
    expect(hosts[0]?.seen).toHaveLength(2);
    const { attempts } = heard.record;
    expect(attempts).toMatchObject([
      { outcome: 'failed', cause, because: 'first' },
      { outcome: 'answered', because: 'retry', repeatedCharacters: 18, usage: { outputTokens: 7 } },
    ]);
    expect(heard.record).toMatchObject({ tier: 't0', retries: 1, fallbacks: 0, usage: { outputTokens: 7 } });
    expect(heard.record.costUsd).toBeCloseTo((attempts[0]?.costUsd ?? 0) + (attempts[1]?.costUsd ?? 0), 12);
    expect(heard.usage).toMatchObject({ completion_tokens: 7, cost_usd: heard.record.costUsd });
  });

  it('ends with an error where the second answer is another one, whose call is ended', async () => {
    const other = answering({ text: 'one two three and so on, for as long as it likes' });
    const { hear, hosts } = await world({ dialect, script: first(broken('cut', dialect), other) });
    const heard = await hear();
    expect(heard).toMatchObject({ text: 'one two three four', finishes: [], isDone: false, error: 'upstream_error' });
    expect(heard.record).toMatchObject({
      tier: 't0',
      error: 'upstream_error',
      attempts: [{ cause: 'cut' }, { outcome: 'failed', cause: 'diverged' }],
    });
    await hosts[0]?.seen[1]?.left;
  });
});

describe('a stream that another tier takes up', () => {
  it('is one answer over two dialects, and the record names the model that completed it', async () => {
    const { hear } = await world(
      { dialect: OPENAI, script: [broken('cut', OPENAI), { kind: 'error', error: 'server-error' }] },
      { dialect: ANTHROPIC, script: [WHOLE] },
    );
    const heard = await hear({ stream_options: { include_usage: true } });
    expect(heard).toMatchObject({ text: TEXT, finishes: ['stop'], roles: 1, isDone: true });
    expect(heard.ids).toEqual(['chatcmpl-fake']);
    expect(heard.models).toEqual(['openai-compatible-model', 'anthropic-model']);
    expect(heard.record).toMatchObject({ tier: 't1', model: 'anthropic-model', reason: 'fallback', fallbacks: 1 });
    expect(heard.record.attempts.map(({ because, cause }) => cause ?? because)).toEqual([
      'cut',
      'server-error',
      'fallback',
    ]);
  });

  it.each([
    ['vLLM', OPENAI, { continue_final_message: true, add_generation_prompt: false }],
    ['Messages', ANTHROPIC, {}],
  ] as const)('may be given what was sent to go on from, in the words of %s', async (_name, dialect, flags) => {
    const { hear, hosts } = await world(
      { dialect: OPENAI, script: [broken('cut', OPENAI, 'one two three four ')], tier: { retries: 0 } },
      { dialect, script: [answering({ text: ' four five six' })], tier: { continuesPrefix: true } },
    );
    const heard = await hear();
    expect(heard).toMatchObject({ text: TEXT, finishes: ['stop'], roles: 1, isDone: true });
    const [seen] = (hosts[1] as Host).seen as readonly SeenRequest[];
    const messages = seen?.body.messages as { role: string; content: unknown }[];
    expect(seen?.body).toMatchObject(flags);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(JSON.stringify(messages.at(-1)?.content)).toContain('"one two three"');
    expect(heard.record.attempts[1]).toMatchObject({ because: 'fallback', repeatedCharacters: 1 });
  });

  it('is never given a beginning where its policy does not say that it goes on from one', async () => {
    const { hear, hosts } = await world(
      { dialect: OPENAI, script: first(broken('cut', OPENAI), broken('cut', OPENAI)) },
      { dialect: ANTHROPIC, script: [broken('end', ANTHROPIC)] },
      { dialect: BEDROCK, script: [WHOLE] },
    );
    expect(await hear()).toMatchObject({ text: TEXT, isDone: true });
    for (const host of hosts) for (const roles of rolesSeen(host)) expect(roles).toEqual(['user']);
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 2, 1]);
  });
});

describe('a stream that is being taken up', () => {
  it('reaches the OpenAI client as one answer, or as an error that it throws', async () => {
    const { url, hosts } = await world({
      dialect: OPENAI,
      script: (_seen, index) => (index === 1 ? WHOLE : broken('cut', OPENAI)),
    });
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
    const said = async (): Promise<string | null | undefined> => {
      const messages = [{ role: 'user' as const, content: 'Count.' }];
      const completion = await client.chat.completions.stream({ model: 'auto', messages }).finalChatCompletion();
      return completion.choices[0]?.message.content;
    };
    expect(await said()).toBe(TEXT);
    await expect(said()).rejects.toThrow(/broke|closed|ended|cut|tier/i);
    expect(hosts[0]?.seen).toHaveLength(4);
  });

  it('is left with its client: the second call is ended too', async () => {
    const script = first(broken('cut', OPENAI), { kind: 'stall', answer: { text: TEXT }, after: 2 });
    const { ask, hosts, records } = await world({ dialect: OPENAI, script, tier: { timeouts: { stallMs: 20_000 } } });
    const leaving = new AbortController();
    const response = await ask({}, leaving.signal);
    await response.body?.getReader().read();
    await expect.poll(() => hosts[0]?.seen.length, { timeout: 20_000 }).toBe(2);
    leaving.abort();
    await hosts[0]?.seen[1]?.left;
    await expect.poll(() => records.length, { timeout: 20_000 }).toBe(1);
    expect(records[0]).toMatchObject({ abandoned: true, attempts: [{ cause: 'cut' }, { cause: 'aborted' }] });
  });

  it('ends by the request’s deadline, however many tiers stand still', async () => {
    const stalling = { script: [{ kind: 'stall', answer: { text: TEXT }, after: 3 }] as HostReply[], dialect: OPENAI };
    const tier = { retries: 1, timeouts: { stallMs: 20_000, totalMs: 400 } };
    const { hear } = await world({ ...stalling, tier }, { ...stalling, tier });
    const startedAtMs = Date.now();
    const heard = await hear();
    expect(heard).toMatchObject({ isDone: false, error: 'upstream_timeout' });
    // The machine may be busy with other things; the fault suite holds it to a second.
    expect(Date.now() - startedAtMs).toBeLessThan(4 * 400 + 10_000);
  });
});
