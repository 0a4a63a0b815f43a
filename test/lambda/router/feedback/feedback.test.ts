import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../../../../lambda/router/access/new-key';
import { createRuntime, type Runtime } from '../../../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../../../lambda/router/server';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { Host } from '../../../fixtures/hosts/host';
import { startOpenAiHost } from '../../../fixtures/hosts/openai-host';
import { answering } from '../../../fixtures/hosts/script';

/** Planted in prompt and correction: neither may stand in an answer, a log line or the store. */
const SECRET = 'Umbra closes in May';

function policyOf(host: Host, share: number): string {
  const tier = (model: string) => ({
    provider: 'openai-compatible',
    baseUrl: host.url,
    model,
    location: 'vpc',
    contextWindow: 32_768,
    price: { input: 1, output: 2 },
    retries: 0,
  });
  const task = {
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'direct',
    ladder: ['small', 'large'],
    oracle: [{ kind: 'labels', labels: ['billing', 'other'] }],
  };
  return JSON.stringify({
    schema: 1,
    policy: 'desk',
    owner: 'desk',
    tiers: { small: tier('small-model'), large: tier('large-model') },
    tasks: { triage: task },
    default: { task: 'triage' },
    control: { share, dailyUsd: 5 },
  });
}

describe('a router that learns of its answers', () => {
  const store = openMemoryStore();
  const lines: string[] = [];
  const asked: string[] = [];
  const acme = newKey({ customer: 'acme', operator: false }, Date.now());
  const umbra = newKey({ customer: 'umbra', operator: false }, Date.now());
  const ops = newKey({ customer: 'ops', operator: true }, Date.now());
  let host: Host;
  let runtime: Runtime;
  let server: RunningServer;

  beforeAll(async () => {
    host = await startOpenAiHost(({ body }) =>
      body.messages && JSON.stringify(body.messages).includes('stall') && body.model === 'large-model'
        ? { kind: 'stall', answer: { text: 'billing' }, after: 0 }
        : answering({ text: body.model === 'small-model' ? 'billing' : 'neither' }),
    );
    for (const { record } of [acme, umbra, ops]) await store.keys.add(record);
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => store,
      fallback: { text: policyOf(host, 1), file: 'policy.json' },
      variables: {},
      refreshMs: 60_000,
      emit: (line) => lines.push(line),
      warn: (line) => lines.push(line),
    });
    server = await startServer({
      app: runtime.app,
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId: runtime.newRequestId,
      afterwards: (served) => void runtime.keep(served),
    });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    await host.close();
  });

  function post(path: string, body: object, secret = acme.secret): Promise<Response> {
    const headers = { authorization: `Bearer ${secret}` };
    return fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async function ask(content: string, more: object = {}): Promise<string> {
    const messages = [{ role: 'user', content: `${SECRET}. ${content}` }];
    const answer = await post('/v1/chat/completions', { model: 'auto', messages, ...more });
    expect(answer.status).toBe(200);
    await answer.text();
    const requestId = answer.headers.get('x-request-id') as string;
    asked.push(requestId);
    return requestId;
  }

  async function recordOf(requestId: string) {
    for (let look = 0; look < 1000; look += 1) {
      const record = await store.attributions.get(requestId);
      if (record !== undefined) return record;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('no record came');
  }

  it('takes feedback on an answer that has just left, once and by its own customer alone', async () => {
    const request_id = await ask('Which label?');
    const said = { request_id, outcome: 'corrected', score: 0.5, corrected_text: SECRET };
    const taken = await post('/v1/feedback', said);
    expect(taken.status).toBe(200);
    const told = (await taken.json()) as Record<string, unknown>;
    expect(told).toMatchObject({ ok: true, request_id, outcome: 'corrected', score: 0.5 });
    expect(await (await post('/v1/feedback', said)).json()).toEqual(told);
    expect(await store.attributions.feedbackOn(request_id)).toMatchObject({ customer: 'acme', tier: 'small' });

    const strangers = [
      [request_id, umbra],
      ['req-nobody', umbra],
      [request_id, ops],
    ] as const;
    const bodies = await Promise.all(
      strangers.map(async ([id, { secret }]) => {
        const refused = await post('/v1/feedback', { request_id: id, score: 0 }, secret);
        return [refused.status, refused.headers.get('retry-after'), await refused.text()];
      }),
    );
    expect(bodies[0]).toEqual(bodies[1]);
    expect(bodies[0]).toEqual(bodies[2]);
    expect(bodies[0]?.slice(0, 2)).toEqual([404, '2']);
    expect(await store.attributions.feedbackOn(request_id)).toMatchObject({ score: 0.5 });
  });

  it('refuses feedback without a key, by another method, and in fields it does not know', async () => {
    expect((await post('/v1/feedback', {}, 'tw-invented')).status).toBe(401);
    const headers = { authorization: `Bearer ${acme.secret}` };
    expect((await fetch(`${server.url}/v1/feedback`, { headers })).status).toBe(404);
    const unknown = await post('/v1/feedback', { request_id: 'req-1', stars: 5 });
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('allowed are request_id')]);
  });

  it('keeps of a drawn request what the other tier made of it, and a likeness of its prompt', async () => {
    const days = new Set<string>();
    for (const stream of [false, true]) {
      const record = await recordOf(await ask('Which label is it?', { stream }));
      days.add(record.time.slice(0, 10));
      expect(record).toMatchObject({
        tier: 'small',
        stream,
        control: { served: 'small', reference: 'large', servedPass: true, referencePass: false },
        consultations: [{ purpose: 'control', tier: 'large', outcome: 'answered' }],
        likeness: expect.stringMatching(/^[\da-f]{8}\./),
      });
      expect(record.routingCostUsd).toBeGreaterThan(0);
    }
    for (const day of days) {
      const spent = await store.budgets.read(`control%23day#all#${day}`, Date.now());
      expect(spent.spentUsd).toBeGreaterThan(0);
      expect(spent.heldUsd).toBe(0);
    }
  });

  it('writes nobody’s words into its log or its store', async () => {
    const stored = await Promise.all(
      asked.map(async (id) => [await recordOf(id), await store.attributions.feedbackOn(id)]),
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).toContain('correctionHash');
    expect(JSON.stringify([stored, lines])).not.toContain(SECRET);
  });

  it('hands every record over before it ends, whoever is still asked behind the answers', async () => {
    const requestId = await ask('Which label? The other one may stall.');
    for (let look = 0; look < 1000 && host.seen.at(-1)?.body.model !== 'large-model'; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await store.attributions.get(requestId)).toBeUndefined();
    expect(await runtime.settle(5000)).toBe(0);
    expect(await runtime.flush(5000)).toBe(0);
    expect(await store.attributions.get(requestId)).toMatchObject({
      tier: 'small',
      control: { reference: 'large', referencePass: null },
      consultations: [{ outcome: 'failed', cause: 'aborted' }],
    });
  });
});
