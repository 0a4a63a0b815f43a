import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretHash } from '../../../../lambda/router/access/key-secret';
import { keyedCallers } from '../../../../lambda/router/access/keyed-callers';
import type { KeyDraft } from '../../../../lambda/router/access/new-key';
import { createRuntime, type Runtime } from '../../../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../../../lambda/router/server';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { asRouterError } from '../../../../lib/core/errors';
import { formatError } from '../../../../lib/core/response/format-error';
import type { Attribution } from '../../../../lib/core/types';
import type { Host } from '../../../fixtures/hosts/host';
import { startOpenAiHost } from '../../../fixtures/hosts/openai-host';
import { answering } from '../../../fixtures/hosts/script';
import { down, type SomeKeys, someKeys } from './some-keys';

const REFRESH_MS = 300;
const MESSAGES = [{ role: 'user' as const, content: 'Which label?' }];
/** Well formed, and of no key. */
const INVENTED = someKeys().give().secret;

function policyOf(host: Host): string {
  const tier = (location: string): object => ({
    provider: 'openai-compatible',
    baseUrl: host.url,
    model: `${location}-model`,
    location,
    contextWindow: 32_768,
    price: { input: 1, output: 2 },
    retries: 0,
  });
  const task = {
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'static',
    ladder: ['inside', 'outside'],
    oracle: [],
  };
  return JSON.stringify({
    schema: 1,
    policy: 'desk',
    owner: 'desk',
    tiers: { inside: tier('vpc'), outside: tier('anywhere') },
    tasks: { general: task, triage: task, rented: { ...task, ladder: ['outside'] } },
    default: { task: 'general' },
  });
}

describe('a router whose callers need keys', () => {
  const keys: SomeKeys = someKeys();
  const lines: string[] = [];
  const records: Attribution[] = [];
  const bodies: string[] = [];
  let host: Host;
  let runtime: Runtime;
  let server: RunningServer;

  beforeAll(async () => {
    host = await startOpenAiHost(() => answering({ text: 'billing' }));
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => ({ ...openMemoryStore(), keys }),
      fallback: { text: policyOf(host), file: 'policy.json' },
      variables: {},
      refreshMs: REFRESH_MS,
      emit: (line) => lines.push(line),
      warn: (line) => lines.push(line),
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
        if (typeof served.response.body === 'string') bodies.push(served.response.body);
      },
    });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    await host.close();
  });

  function clientOf(secret: string, headers: Record<string, string> = {}): OpenAI {
    return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: secret, maxRetries: 0, defaultHeaders: headers });
  }

  function ask(headers: Record<string, string>, path = '/v1/chat/completions', body: object = {}): Promise<Response> {
    const init =
      path === '/v1/models'
        ? {}
        : { method: 'POST', body: JSON.stringify({ model: 'auto', messages: MESSAGES, ...body }) };
    return fetch(`${server.url}${path}`, { ...init, headers });
  }

  const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
  const given = (draft?: Partial<KeyDraft>): Record<string, string> => bearer(keys.give(draft).secret);

  it('answers the OpenAI client that has one, streamed or not', async () => {
    const client = clientOf(keys.give().secret);
    const answer = await client.chat.completions.create({ model: 'auto', messages: MESSAGES });
    expect(answer.choices[0]?.message.content).toBe('billing');
    const stream = await client.chat.completions.create({ model: 'auto', messages: MESSAGES, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('billing');
  });

  it('takes it in either header, or in both where they agree', async () => {
    const { secret } = keys.give();
    for (const headers of [
      bearer(secret),
      { 'x-api-key': secret },
      { ...bearer(secret), 'x-api-key': secret },
      { authorization: 'AWS4-HMAC-SHA256 Credential=A, Signature=b', 'x-api-key': secret },
    ]) {
      expect((await ask(headers)).status).toBe(200);
    }
  });

  it('takes the one of two that can be a key, whatever else a client puts in its own header', async () => {
    const { secret } = keys.give();
    const client = clientOf('none-on-loopback', { 'x-api-key': secret });
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
    for (const placeholder of ['unused', 'sk-live-1234', 'two words', `${secret}0`]) {
      expect((await ask({ ...bearer(placeholder), 'x-api-key': secret })).status).toBe(200);
      expect((await ask({ ...bearer(secret), 'x-api-key': placeholder })).status).toBe(200);
    }
  });

  it('refuses everybody else, and says whether a key is missing, not valid, or one too many', async () => {
    const now = new Date().toISOString();
    const { secret } = keys.give();
    const revoked = keys.give({ customer: 'gone' });
    await keys.revoke(revoked.record.id, Date.now());
    // Whose keys there are or were, nobody learns: they are all alike.
    const refused: Record<string, readonly Record<string, string>[]> = {
      'A key is needed, as `Authorization: Bearer KEY` or as `x-api-key: KEY`; this request has none.': [
        {},
        { authorization: 'Bearer' },
        { authorization: '', 'x-api-key': ' ' },
        { authorization: `Basic ${secret}` },
      ],
      'The key of this request is not valid. Give one that is, as `Authorization: Bearer KEY` or as `x-api-key: KEY`.':
        [
          bearer('sk-live-1234'),
          bearer('two words'),
          { ...bearer('none-on-loopback'), 'x-api-key': 'sk-live-1234' },
          bearer(INVENTED),
          { ...bearer('none-on-loopback'), 'x-api-key': INVENTED },
          bearer(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`),
          bearer(keys.give().record.hash),
          given({ expiresAt: now }),
          given({ expiresAt: 'soon' }),
          bearer(revoked.secret),
        ],
      'This request shows two keys that differ, in `Authorization` and in `x-api-key`; leave the one out that is not meant.':
        [
          { ...bearer(secret), 'x-api-key': keys.give().secret },
          { ...bearer(revoked.secret), 'x-api-key': secret },
          { ...bearer(secret), 'x-api-key': INVENTED },
        ],
    };
    const seen = host.seen.length;
    for (const [message, requests] of Object.entries(refused)) {
      for (const headers of requests) {
        for (const path of ['/v1/chat/completions', '/v1/route', '/v1/models', '/', '/nowhere']) {
          const response = await ask(headers, path);
          expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
          expect(await response.json()).toEqual({
            error: { message, code: 'invalid_key', type: 'authentication_error', param: null },
          });
        }
      }
    }
    expect(host.seen.length).toBe(seen);
  });

  it('fails in the OpenAI client as a wrong key does anywhere', async () => {
    const asked = clientOf(INVENTED).chat.completions.create({ model: 'auto', messages: MESSAGES });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('tells its health to everybody', async () => {
    const response = await fetch(`${server.url}/health?probe=1`);
    expect([response.status, await response.json()]).toMatchObject([200, { status: 'ok', policy: { id: 'desk' } }]);
  });

  it('refuses a revoked key within the refresh time', async () => {
    const { secret, record } = keys.give();
    expect((await ask(bearer(secret))).status).toBe(200);
    await keys.revoke(record.id, Date.now());
    const revokedAtMs = Date.now();
    let lastTakenMs = revokedAtMs;
    await expect
      .poll(
        async () => {
          const askedAtMs = Date.now();
          const { status } = await ask(bearer(secret));
          if (status === 200) lastTakenMs = askedAtMs;
          return status;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(401);
    expect(lastTakenMs - revokedAtMs).toBeLessThan(REFRESH_MS);
  });

  it('refuses an expired key at its moment, whenever the store was asked', async () => {
    // Long enough for an answer from a machine that is busy with other things.
    const expiresAtMs = Date.now() + 3000;
    const headers = given({ expiresAt: new Date(expiresAtMs).toISOString() });
    expect((await ask(headers)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, expiresAtMs + 10 - Date.now()));
    expect((await ask(headers)).status).toBe(401);
  });

  it('records whose key it was, whatever the header claims', async () => {
    const { secret, record } = keys.give({ customer: 'acme-ltd', userTier: 'gold' });
    const { response } = await clientOf(secret, { 'x-tierwise-customer': 'umbra' })
      .chat.completions.create({ model: 'auto', messages: MESSAGES })
      .withResponse();
    const id = response.headers.get('x-request-id');
    const found = () => records.find(({ requestId }) => requestId === id);
    await expect.poll(found, { timeout: 20_000 }).toMatchObject({
      customer: 'acme-ltd',
      keyId: record.id,
      userTier: 'gold',
    });
  });

  it('holds a key to its tasks', async () => {
    const headers = given({ tasks: ['triage'] });
    expect((await ask(headers, undefined, { model: 'auto:triage' })).status).toBe(200);
    for (const path of ['/v1/chat/completions', '/v1/route']) {
      for (const model of ['auto', 'auto:general', 'tier:inside']) {
        const response = await ask(headers, path, { model });
        expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'forbidden' } }]);
      }
    }
  });

  it('holds a key to its tiers, however they are asked for', async () => {
    const headers = given({ tiers: ['inside'] });
    const decided = await (await ask(headers, '/v1/route')).json();
    expect(decided).toMatchObject({ tier: 'inside', excluded: [{ tier: 'outside', reason: 'key' }] });
    for (const model of ['auto:rented', 'tier:outside', 'anywhere-model']) {
      const response = await ask(headers, undefined, { model });
      expect([model, response.status, await response.json()]).toMatchObject([
        model,
        403,
        { error: { code: 'forbidden' } },
      ]);
    }
    expect((await ask(headers, undefined, { model: 'tier:inside' })).status).toBe(200);
  });

  it('holds a key to its residency, whatever the hint asks for', async () => {
    const headers = { ...given({ residency: 'vpc' }), 'x-tierwise-residency': 'any' };
    const decided = await (await ask(headers, '/v1/route')).json();
    expect(decided).toMatchObject({ tier: 'inside', excluded: [{ tier: 'outside', reason: 'residency' }] });
    const response = await ask(headers, undefined, { model: 'auto:rented' });
    expect([response.status, await response.json()]).toMatchObject([503, { error: { code: 'residency_unavailable' } }]);
  });

  it.each([
    [
      'everything',
      {},
      [
        'auto',
        'auto:general',
        'auto:triage',
        'auto:rented',
        'tier:inside',
        'tier:outside',
        'vpc-model',
        'anywhere-model',
      ],
    ],
    [
      'its tasks',
      { tasks: ['triage'] },
      ['auto', 'auto:triage', 'tier:inside', 'tier:outside', 'vpc-model', 'anywhere-model'],
    ],
    [
      'its tiers, and tasks they serve',
      { tiers: ['inside'] },
      ['auto', 'auto:general', 'auto:triage', 'tier:inside', 'vpc-model'],
    ],
  ])('lists to a key %s', async (_name, draft, ids) => {
    const listed = await clientOf(keys.give(draft).secret).models.list();
    expect(listed.data.map(({ id }) => id)).toEqual(ids);
  });

  it('goes on for keys it knows while the store is down, and lets nobody else in', async () => {
    const known = given();
    const unknown = given();
    expect((await ask(known)).status).toBe(200);
    keys.before = down;
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    expect((await ask(known)).status).toBe(200);
    const response = await ask(unknown);
    expect([response.status, await response.json()]).toMatchObject([503, { error: { code: 'tiers_unavailable' } }]);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await ask({})).status).toBe(401);
    keys.before = async () => {};
    await expect.poll(async () => (await ask(unknown)).status, { timeout: 20_000 }).toBe(200);
    expect(lines.filter((line) => line.includes('keys cannot be looked up'))).toHaveLength(1);
  });

  it('says no secret and no hash anywhere: not in a line, a record, an answer, nor to a tier', async () => {
    const { secret, record } = keys.give({ tasks: ['triage'], requestsPerMinute: 100 });
    for (const model of ['auto', 'auto:triage', 'nobody']) {
      for (const path of ['/v1/chat/completions', '/v1/route', '/nowhere']) {
        await (await ask(bearer(secret), path, { model })).text();
        await (await ask({ 'x-api-key': INVENTED }, path, { model })).text();
      }
    }
    await expect.poll(() => records.some(({ keyId }) => keyId === record.id), { timeout: 20_000 }).toBe(true);
    const toTiers = host.seen.map(({ headers, body }) => [headers, body]);
    const told = JSON.stringify([lines, records, bodies, toTiers]);
    const hashes = (await keys.list()).map(({ hash }) => hash);
    for (const marker of [secret, INVENTED, secretHash(INVENTED), ...hashes]) expect(told).not.toContain(marker);
    expect(told).toContain(record.id);
  });
});

describe('a key with a limit of requests', () => {
  let host: Host;
  let runtime: Runtime;
  let server: RunningServer;
  const keys = someKeys();
  const minute = { beginsInMs: 30_000, setAtMs: 0 };
  /** A clock whose next minute begins when the test wants it to. */
  const nowMs = (): number => 60 * 60_000 - minute.beginsInMs + (Date.now() - minute.setAtMs);

  beforeAll(async () => {
    host = await startOpenAiHost(() => answering({ text: 'billing' }));
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => openMemoryStore(),
      fallback: { text: policyOf(host), file: 'policy.json' },
      variables: {},
      refreshMs: 60_000,
      access: { callers: 'trusted' },
      warn: () => {},
    });
    const callerOf = keyedCallers({ keys, refreshMs: 1000, nowMs, onUnreachable: () => {} });
    server = await startServer({
      app: async (request) => {
        try {
          await callerOf(request);
        } catch (error) {
          return { response: formatError(asRouterError(error), runtime.newRequestId()) };
        }
        return runtime.app(request);
      },
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId: runtime.newRequestId,
      afterwards: () => {},
    });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    await host.close();
  });

  function start(beginsInMs: number, maxRetries: number): OpenAI {
    Object.assign(minute, { beginsInMs, setAtMs: Date.now() });
    const { secret } = keys.give({ requestsPerMinute: 2 });
    return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: secret, maxRetries });
  }

  it('is told 429 with what is left of the minute, and the tier sees nothing of it', async () => {
    const client = start(30_000, 0);
    await client.models.list();
    await client.chat.completions.create({ model: 'auto', messages: MESSAGES });
    const seen = host.seen.length;
    const error = await client.chat.completions.create({ model: 'auto', messages: MESSAGES }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(10);
    expect(Number(error.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    expect(host.seen.length).toBe(seen);
  });

  it('is waited for by the OpenAI client, which then has its answer', async () => {
    const client = start(1500, 1);
    const atMs = Date.now();
    for (let request = 0; request < 3; request++) {
      const answer = await client.chat.completions.create({ model: 'auto', messages: MESSAGES });
      expect(answer.choices[0]?.message.content).toBe('billing');
    }
    expect(Date.now() - atMs).toBeGreaterThanOrEqual(1400);
  });
});
