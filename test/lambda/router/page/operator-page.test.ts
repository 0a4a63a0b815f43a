import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../../../../lambda/router/access/new-key';
import { contentSecurityPolicy } from '../../../../lambda/router/page/document';
import type { OperatorState } from '../../../../lambda/router/page/page-state';
import { readMemory, writeMemory } from '../../../../lambda/watch/memory';
import { type StagedRouter, startStagedRouter } from './staged-router';
import { seeded, stagedRecord } from './staged-traffic';

type Headers = Readonly<Record<string, string>>;

const PRIVATE_PATHS = ['/operator/state', '/operator/events', '/operator/requests/req-1'];

describe('the operator’s page where callers need keys', () => {
  let router: StagedRouter;
  let operator: string;
  let ordinary: string;
  let revoked: string;

  beforeAll(async () => {
    router = await startStagedRouter({ access: { callers: 'keyed' }, count: 2 });
    const give = async (isOperator: boolean): Promise<{ secret: string; id: string }> => {
      const { record, secret } = newKey({ customer: 'acme', operator: isOperator }, Date.now());
      await router.store.keys.add(record);
      return { secret, id: record.id };
    };
    operator = (await give(true)).secret;
    ordinary = (await give(false)).secret;
    const gone = await give(true);
    await router.store.keys.revoke(gone.id, Date.now());
    revoked = gone.secret;
  });
  afterAll(() => router.close());

  const get = (path: string, headers: Headers = {}): Promise<Response> => fetch(`${router.url}${path}`, { headers });

  it('gives everybody the page itself, which holds nothing of the router’s', async () => {
    const response = await get('/');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const secret of ['support-desk', 'ticket-triage', 'acme', '127.0.0.1', operator])
      expect(html).not.toContain(secret);
    expect(html).not.toMatch(/\b(src|href)="https?:/);
  });

  it('lets the page run its own script and styles and nothing else', async () => {
    const response = await get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toBe(contentSecurityPolicy(await response.text()));
    expect(policy.match(/'sha256-[\w+/]+={0,2}'/g)).toHaveLength(2);
  });

  it.each([
    ['no key', () => ({}), 401],
    ['an invented key', () => ({ authorization: 'Bearer tw_nobody' }), 401],
    ['a revoked operator’s key', () => ({ 'x-api-key': revoked }), 401],
    ['an ordinary key', () => ({ 'x-api-key': ordinary }), 403],
  ])('tells nothing to %s', async (_, headers, status) => {
    for (const path of PRIVATE_PATHS) expect([path, (await get(path, headers())).status]).toEqual([path, status]);
  });

  it('shows an operator’s key the state, whichever header it stands in', async () => {
    for (const headers of [{ authorization: `Bearer ${operator}` }, { 'x-api-key': operator }] as Headers[]) {
      const response = await get('/operator/state', headers);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const state = (await response.json()) as OperatorState;
      expect(state.policy).toMatchObject({ id: 'support-desk', frontier: 'frontier', source: 'fallback' });
      expect(state.saving.month.requests).toBeGreaterThan(500);
    }
  });

  it('subtracts what the deployment says the router itself costs, once its watch function has told', async () => {
    const { memory, revision } = await readMemory(router.store.states);
    const own = { perRequestUsd: 0.01, perSecondUsd: 0, perHourUsd: 0 };
    expect(await writeMemory(router.store.states, { memory: { ...memory, own }, revision })).toBe(true);
    const subtracted = async () => {
      const response = await get('/operator/state', { 'x-api-key': operator });
      const { saving } = (await response.json()) as OperatorState;
      return { ...saving.month.subtracted.at(-1), requests: saving.month.requests };
    };
    await expect.poll(subtracted, { timeout: 10_000 }).toMatchObject({ name: 'Router’s own bill' });
    const { usd, requests } = await subtracted();
    expect(usd).toBeCloseTo(0.01 * requests, 6);
  });

  it('keeps a key in a cookie that scripts cannot read, other sites cannot send and other paths never get', async () => {
    const signedIn = await signIn({ key: operator });
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(signedIn.status).toBe(200);
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain('Path=');
    const kept = { cookie: `other=1; ${cookie.split(';')[0]}` };
    expect((await get('/operator/state', kept)).status).toBe(200);
    expect((await get('/v1/models', kept)).status).toBe(401);
    const signedOut = await fetch(`${router.url}/operator/session`, { method: 'DELETE' });
    expect(signedOut.headers.get('set-cookie')).toMatch(/=; Max-Age=0; HttpOnly/);
  });

  it('sends the cookie over encrypted connections alone where there is one', async () => {
    const signedIn = await signIn({ key: operator }, { 'x-forwarded-proto': 'https' });
    expect(signedIn.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  it.each([
    ['an invented key', () => ({ key: 'tw_nobody' }), {}, 401],
    ['an ordinary key', () => ({ key: ordinary }), {}, 403],
    ['a key that would end the cookie early', () => ({ key: 'a; Path=/' }), {}, 400],
    ['no key', () => ({}), {}, 400],
    ['a form of another site', () => ({ key: operator }), { 'content-type': 'text/plain' }, 400],
  ])('signs nobody in with %s', async (_, body, headers, status) => {
    const response = await signIn(body(), headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it.each(['Basic b3BzOnBhc3N3b3Jk', 'Bearer eyJhbGciOiJub25lIn0.e30.'])(
    'takes the key that the browser keeps where a proxy has the request show %s',
    async (authorization) => {
      const headers = { cookie: `tierwise-operator=${operator}`, authorization };
      expect((await get('/operator/state', headers)).status).toBe(200);
      const stale = { ...headers, cookie: `tierwise-operator=${revoked}` };
      expect((await get('/operator/state', stale)).status).toBe(401);
    },
  );

  it('takes a shown key over the one that the browser keeps', async () => {
    const cookie = `tierwise-operator=${operator}`;
    expect((await get('/operator/state', { cookie, 'x-api-key': ordinary })).status).toBe(403);
    expect((await get('/operator/state', { cookie, authorization: `Bearer ${revoked}` })).status).toBe(401);
  });

  it('shows one record whole, and says where there is none', async () => {
    const record = stagedRecord(Date.now(), seeded(1), { requestId: 'req-one/two' });
    await router.store.attributions.put(record);
    const headers = { 'x-api-key': operator };
    const found = await get(`/operator/requests/${encodeURIComponent(record.requestId)}`, headers);
    expect(await found.json()).toEqual(JSON.parse(JSON.stringify(record)));
    const missing = await get('/operator/requests/req-nowhere', headers);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } });
    expect((await get('/operator/requests/%E0%A4%A', headers)).status).toBe(404);
    expect((await get('/operator/nothing', headers)).status).toBe(404);
  });

  it('still answers a wrong method or path with 401 to who shows no key', async () => {
    expect((await fetch(`${router.url}/`, { method: 'POST' })).status).toBe(401);
    expect((await get('/operator/nothing')).status).toBe(401);
  });

  function signIn(body: object, headers: Headers = {}): Promise<Response> {
    return fetch(`${router.url}/operator/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
});

describe('the operator’s page on one’s own machine', () => {
  let router: StagedRouter;

  beforeAll(async () => {
    router = await startStagedRouter({ count: 2 });
  });
  afterAll(() => router.close());

  it('needs no key', async () => {
    expect((await fetch(`${router.url}/operator/state`)).status).toBe(200);
  });

  it('does not answer to a stranger’s name for this machine', async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${router.url}/operator/state`, { headers: { host: 'rebound.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  it('tells a change within seconds, over one connection, and lets it go when the server closes', async () => {
    const other = await startStagedRouter();
    const response = await fetch(`${other.url}/operator/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = eventsIn(response);
    const first = (await events.next()).value as OperatorState;
    expect(first.saving.today.requests).toBe(0);
    await other.store.attributions.put(stagedRecord(Date.now(), seeded(2), { requestId: 'req-live' }));
    const second = (await events.next()).value as OperatorState;
    expect(second.saving.today.requests).toBe(1);
    expect(second.decisions.map(({ requestId }) => requestId)).toEqual(['req-live']);
    const startedAt = performance.now();
    const closing = other.close();
    expect((await events.next()).done).toBe(true);
    await closing;
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

/** The states of a stream of events, as an `EventSource` would give them. */
async function* eventsIn({ body }: Response): AsyncGenerator<OperatorState> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as OperatorState;
    }
  }
}
