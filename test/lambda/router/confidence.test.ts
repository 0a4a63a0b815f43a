import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../../lambda/router/server';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Attribution } from '../../../lib/core/types';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering, type HostReply } from '../../fixtures/hosts/script';

/** What a tier says and how sure it is of it. */
let small: HostReply;
let large: HostReply;
let grade: string;

function tier(host: Host, model: string): object {
  return {
    provider: 'openai-compatible',
    baseUrl: host.url,
    model,
    location: 'vpc',
    contextWindow: 32_768,
    price: { input: 1, output: 2 },
    capabilities: ['logprobs'],
    retries: 0,
  };
}

function policyOf(cheap: Host, dear: Host, judge: Host): string {
  const task = {
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'cascade',
    ladder: ['small', 'large'],
  };
  const confidence = { kind: 'confidence', threshold: 0.5 };
  return JSON.stringify({
    schema: 1,
    policy: 'desk',
    owner: 'desk',
    tiers: { small: tier(cheap, 'small'), large: tier(dear, 'large'), judge: tier(judge, 'judge') },
    tasks: {
      general: { ...task, oracle: [confidence] },
      graded: { ...task, oracle: [confidence, { kind: 'judge', tier: 'judge', rubric: 'It counts.', pass: 0.5 }] },
      early: { ...task, oracle: [confidence], gate: { mode: 'first-tokens', tokens: 1 } },
    },
    default: { task: 'general' },
  });
}

const WORDS = 'one two three';

describe('confidence over real sockets', () => {
  const records: Attribution[] = [];
  const hosts: Host[] = [];
  let runtime: Runtime;
  let server: RunningServer;
  let client: OpenAI;

  beforeAll(async () => {
    hosts.push(
      await startOpenAiHost(() => small),
      await startOpenAiHost(() => large),
      await startOpenAiHost(() => answering({ text: grade })),
    );
    const [cheap, dear, judge] = hosts as [Host, Host, Host];
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => openMemoryStore(),
      fallback: { text: policyOf(cheap, dear, judge), file: 'policy.json' },
      variables: {},
      refreshMs: 60_000,
      access: { callers: 'trusted' },
      emit: () => {},
      warn: () => {},
    });
    server = await startServer({
      app: runtime.app,
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId: runtime.newRequestId,
      afterwards: (served) => {
        void runtime.keep(served);
        void served.attribution?.then((record) => record && records.push(record));
      },
    });
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    for (const host of hosts) await host.close();
  });
  beforeEach(() => {
    small = answering({ text: WORDS, sure: 0.95 });
    large = answering({ text: 'four five six', sure: 0.95 });
    grade = '{"score": 1}';
  });

  const messages = [{ role: 'user' as const, content: 'Count.' }];

  /** What was asked of the host last. */
  function lastAsked(nth = 0) {
    return hosts[nth]?.seen.at(-1)?.body;
  }

  /** Records are made once an answer has left. */
  async function recordOf(isMeant: (record: Attribution) => boolean): Promise<Attribution | undefined> {
    await expect.poll(() => records.some(isMeant), { timeout: 20_000 }).toBe(true);
    return records.find(isMeant);
  }

  async function streamed(body: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}, model = 'auto') {
    let text = '';
    const probabilities: unknown[] = [];
    for await (const { choices } of await client.chat.completions.create({ model, messages, ...body, stream: true })) {
      text += choices[0]?.delta.content ?? '';
      if (choices[0]?.logprobs) probabilities.push(choices[0].logprobs);
    }
    return { text, probabilities };
  }

  it('asks the host for probabilities and keeps them from the caller', async () => {
    const answer = await client.chat.completions.create({ model: 'auto', messages });
    expect(lastAsked()).toMatchObject({ logprobs: true, top_logprobs: 2 });
    expect(answer.choices[0]).toMatchObject({ message: { content: WORDS }, logprobs: null });
    expect(await streamed()).toEqual({ text: WORDS, probabilities: [] });
    expect(lastAsked()).toMatchObject({ logprobs: true, top_logprobs: 2, stream: true });
  });

  it('passes on what the caller asked for, and no more', async () => {
    const asked = await client.chat.completions.create({ model: 'auto', messages, logprobs: true, top_logprobs: 3 });
    expect(lastAsked()).toMatchObject({ top_logprobs: 3 });
    expect(asked.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(3);
    const fewer = await client.chat.completions.create({ model: 'auto', messages, logprobs: true, top_logprobs: 1 });
    expect(lastAsked()).toMatchObject({ top_logprobs: 2 });
    expect(fewer.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(1);
    const { probabilities } = await streamed({ logprobs: true });
    expect(probabilities).toHaveLength(3);
    expect(probabilities[0]).toMatchObject({ content: [{ token: 'one t', top_logprobs: [] }] });
  });

  it.each([false, true])('climbs from a host that was unsure, streamed: %s', async (stream) => {
    small = answering({ text: WORDS, sure: 0.6 });
    const text = stream
      ? (await streamed()).text
      : (await client.chat.completions.create({ model: 'auto', messages })).choices[0]?.message.content;
    expect(text).toBe('four five six');
    const record = await recordOf((one) => one.reason === 'escalated' && one.stream === stream);
    expect(record).toMatchObject({ tier: 'large', escalated: 1, escalations: 1 });
    expect(record?.attempts[0]?.verdict?.oracle).toBe('confidence');
  });

  it('sends an early stream up before the caller has seen it, and ends it at the host', async () => {
    small = { kind: 'stall', answer: { text: WORDS, sure: 0.6 }, after: 3 };
    expect(await streamed({}, 'auto:early')).toMatchObject({ text: 'four five six', probabilities: [] });
    await hosts[0]?.seen.at(-1)?.left;
    expect(lastAsked()).toMatchObject({ logprobs: true });
  });

  it('lets the beginning of an early stream go while the rest is still to come', async () => {
    small = { kind: 'stall', answer: { text: WORDS, sure: 0.95 }, after: 3 };
    const leaving = new AbortController();
    const stream = await client.chat.completions.create(
      { model: 'auto:early', messages, stream: true },
      { signal: leaving.signal },
    );
    let text = '';
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? '';
      if (text !== '') leaving.abort();
    }
    expect(WORDS.startsWith(text)).toBe(true);
    expect(text).not.toBe('');
  });

  it('has the answer graded, books the judge and tells its cost with the answer’s', async () => {
    grade = '{"score": 0.2}';
    large = answering({ text: 'four five six', sure: 0.95 });
    const { data, response } = await client.chat.completions.create({ model: 'auto:graded', messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe('four five six');
    expect(response.headers.get('x-tierwise-reason')).toBe('oracle-unmet');
    const record = await recordOf(({ task }) => task === 'graded');
    expect(record?.consultations.map(({ purpose, tier, outcome }) => [purpose, tier, outcome])).toEqual([
      ['judge', 'judge', 'answered'],
      ['judge', 'judge', 'answered'],
    ]);
    expect(record?.routingCostUsd).toBeGreaterThan(0);
    const told = Number(response.headers.get('x-tierwise-cost-usd'));
    expect(told).toBeCloseTo((record?.costUsd ?? 0) + (record?.routingCostUsd ?? 0), 12);
    expect(lastAsked(2)).not.toHaveProperty('logprobs');
    expect(JSON.stringify(lastAsked(2))).toContain('It counts.');
  });
});
