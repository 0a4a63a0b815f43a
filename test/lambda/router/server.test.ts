import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../../lambda/router/server';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Attribution } from '../../../lib/core/types';
import { startAnthropicHost } from '../../fixtures/hosts/anthropic-host';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering, type HostReply, type SeenRequest } from '../../fixtures/hosts/script';

const SECRET = 'The merger with Umbra closes in May.';

function tier(provider: string, host: Host): object {
  return {
    provider,
    baseUrl: host.url,
    model: `${provider}-model`,
    location: 'vpc',
    contextWindow: 32_768,
    price: { input: 1, output: 2 },
    retries: 0,
  };
}

function policyOf(open: Host, claude: Host): string {
  const task = {
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'static',
    ladder: ['open'],
    oracle: [],
  };
  return JSON.stringify({
    schema: 1,
    policy: 'desk',
    owner: 'desk',
    tiers: { open: tier('openai-compatible', open), claude: tier('anthropic', claude) },
    tasks: { general: task },
    default: { task: 'general' },
  });
}

/** Does as the prompt says. */
function reply({ body }: SeenRequest): HostReply {
  const text = JSON.stringify(body.messages);
  const answer = { text: 'one two three four' };
  if (text.includes('stall')) return { kind: 'stall', answer, after: 3 };
  if (!text.includes('refuse')) return answering(answer);
  const error = JSON.stringify({ error: { message: `Cannot read: ${SECRET}` } });
  return { kind: 'raw', status: 422, headers: { 'content-type': 'application/json' }, body: [error] };
}

/** The headers that are the same for whoever asks, over whichever connection. */
function lasting(response: Response | undefined): object {
  const passing = new Set(['x-request-id', 'date', 'connection', 'keep-alive', 'content-length']);
  return Object.fromEntries([...(response?.headers ?? [])].filter(([name]) => !passing.has(name)));
}

describe('the plain server', () => {
  const records: Attribution[] = [];
  const lines: string[] = [];
  let open: Host;
  let claude: Host;
  let runtime: Runtime;
  let server: RunningServer;

  beforeAll(async () => {
    open = await startOpenAiHost(reply);
    claude = await startAnthropicHost(reply);
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => openMemoryStore(),
      fallback: { text: policyOf(open, claude), file: 'policy.json' },
      variables: {},
      refreshMs: 60_000,
      access: { callers: 'trusted' },
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
      },
    });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    await open.close();
    await claude.close();
  });

  function ask(body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Count.' }], ...body }),
      ...(signal && { signal }),
    });
  }

  it.each(['/', '/health?probe=1', '/v1/models', '/operator/state', '/v1/nothing', '/v1/route'])(
    'answers HEAD %s as GET, without the body',
    async (path) => {
      const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) => fetch(`${server.url}${path}`, { method })));
      expect(head?.status).toBe(get?.status);
      expect(lasting(head)).toEqual(lasting(get));
      const text = (await get?.text()) ?? '';
      // What tells the time may have grown by a digit or two.
      expect(Math.abs(Number(head?.headers.get('content-length')) - Buffer.byteLength(text))).toBeLessThan(10);
      expect(await head?.text()).toBe('');
    },
  );

  it('answers HEAD of a stream, and does not begin it', async () => {
    const head = await fetch(`${server.url}/operator/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await head.text()).toBe('');
  });

  it.each([
    ['/health', 'GET, HEAD'],
    ['/v1/route', 'POST'],
  ])('says what %s takes to whoever sends something else', async (path, allow) => {
    const { status, headers } = await fetch(`${server.url}${path}`, { method: 'DELETE' });
    expect([status, headers.get('allow')]).toEqual([404, allow]);
  });

  it('gives everything it answers an id of its own', async () => {
    const urls = ['/health', '/v1/models', '/v1/nothing', '/v1/route'];
    const answers = await Promise.all(urls.map((path) => fetch(`${server.url}${path}`)));
    answers.push(await ask({ model: 'auto' }), await ask({ model: 'nobody' }));
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    for (const id of ids) expect(id).toMatch(/^req-/);
    expect(new Set(ids).size).toBe(6);
  });

  it.each([
    ['tier:open', () => open],
    ['tier:claude', () => claude],
  ])('asks %s over the same connection again, streamed or not', async (model, host) => {
    await (await ask({ model })).text();
    const before = host().connections;
    for (const stream of [true, true, false, true, false]) {
      const response = await ask({ model, stream });
      expect(response.status).toBe(200);
      await response.text();
      // The host closes its stream a moment after its last event.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(host().connections).toBeLessThanOrEqual(before + 1);
  });

  it('closes the tier’s call when the client leaves, and books what it had cost by then', async () => {
    const leaving = new AbortController();
    const messages = [{ role: 'user', content: 'Count, then stall.' }];
    const response = await ask({ model: 'auto', stream: true, messages }, leaving.signal);
    const seen = open.seen.at(-1);
    await response.body?.getReader().read();
    leaving.abort();
    await seen?.left;
    await expect.poll(() => records.at(-1)?.abandoned, { timeout: 20_000 }).toBe(true);
    expect(records.at(-1)).toMatchObject({
      stream: true,
      attempts: [{ cause: 'aborted', usage: { estimated: true } }],
    });
    expect(records.at(-1)?.costUsd).toBeGreaterThan(0);
  });

  it('says nothing of a prompt that a tier repeats, neither to the caller nor in a line or a record', async () => {
    const messages = [{ role: 'user', content: `Please refuse. ${SECRET}` }];
    for (const stream of [false, true]) {
      const response = await ask({ model: 'auto', stream, messages });
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('Umbra');
    }
    await expect.poll(() => records.at(-1)?.error, { timeout: 20_000 }).toBe('invalid_request');
    expect(JSON.stringify([lines, records])).not.toContain('Umbra');
  });
});
