import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../../lambda/router/app';
import { createTierHealth, type LiveTierHealth } from '../../../../lambda/router/health/tier-health';
import { createProviders } from '../../../../lambda/router/providers/registry';
import { type RunningServer, startServer } from '../../../../lambda/router/server';
import { createSecrets } from '../../../../lambda/shared/secrets';
import { type Prepared, prepare } from '../../../../lib/core/route';
import type { Policy, Residency } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';

/** A host over real sockets: it answers at once, tells the load it is told to tell, and counts what comes in. */
class FakeHost {
  waiting = 0;
  running = 0;
  metricsAsked = 0;
  chats = 0;
  /** Never answers those who ask for its load. */
  isMute = false;
  seen: IncomingMessage['headers'] = {};
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.method === 'GET') {
      this.metricsAsked += 1;
      this.seen = request.headers;
      const { waiting, running } = this;
      const labels = '{engine="0",model_name="m"}';
      if (!this.isMute)
        response.end(
          `vllm:num_requests_waiting${labels} ${waiting}.0\nvllm:num_requests_running${labels} ${running}.0\n`,
        );
      return;
    }
    this.chats += 1;
    const message = { role: 'assistant', content: 'yes' };
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
      }),
    );
  }
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Router {
  readonly gpu: FakeHost;
  readonly cloud: FakeHost;
  readonly health: LiveTierHealth;
  readonly warnings: readonly string[];
  ask(): Promise<{ readonly status: number; readonly tier: string | null; readonly retryAfter: string | null }>;
}

/** Between the router and its tiers, and between the caller and the router: real sockets. */
async function router(residency: Residency = 'any', maxWaiting = 4): Promise<Router> {
  const [gpu, cloud] = [new FakeHost(), new FakeHost()];
  const [gpuUrl, cloudUrl] = [await gpu.start(), await cloud.start()];
  closing.push(
    () => gpu.stop(),
    () => cloud.stop(),
  );
  const policy: Policy = aPolicy({
    tiers: [
      aTier({
        id: 'gpu',
        baseUrl: gpuUrl,
        apiKey: 'key',
        queue: { metrics: '/metrics', maxWaiting },
        prices: [{ kind: 'gpu', hourly: 1, tokensPerSecond: 1000, uplift: 1 }],
      }),
      aTier({ id: 'cloud', baseUrl: cloudUrl, location: 'anywhere' }),
    ],
    tasks: [aTask({ id: 'task', ladder: ['gpu', 'cloud'], route: 'dispatch', latencyBudgetMs: 60_000, residency })],
  });
  const prepared: Prepared = await prepare(policy);
  const warnings: string[] = [];
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const health = createTierHealth({
    policy: () => policy,
    nowMs,
    random: Math.random,
    warn: (message) => warnings.push(message),
    refreshMs: 10_000,
  });
  health.start();
  closing.push(() => health.close());
  const app = createApp({
    policy: () => ({ prepared, ageSeconds: 0, source: 'fallback' }),
    callerOf: async () => ({}),
    providers: createProviders({ secrets: createSecrets({}) }),
    newRequestId: () => 'req-test',
    nowMs,
    random: Math.random,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    health,
  });
  const server: RunningServer = await startServer({
    app: (request) => {
      health.poke();
      return app(request);
    },
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1e6,
    newRequestId: () => 'req-test',
    afterwards: () => {},
  });
  closing.push(() => server.close(100));
  return {
    gpu,
    cloud,
    health,
    warnings,
    async ask() {
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Yes or no?' }] }),
      });
      await response.text();
      const { status, headers } = response;
      return { status, tier: headers.get('x-tierwise-tier'), retryAfter: headers.get('retry-after') };
    },
  };
}

/** Waits for what the background does; generous, for a busy machine. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > endsAt) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the load of a host over real sockets', () => {
  it('is followed: requests spill while its queue is full, and come back when it is not', async () => {
    const { gpu, cloud, ask } = await router();
    expect((await ask()).tier).toBe('gpu');
    gpu.waiting = 9;
    gpu.running = 8;
    await until(async () => (await ask()).tier === 'cloud');
    expect(cloud.chats).toBeGreaterThan(0);
    gpu.waiting = 0;
    gpu.running = 2;
    await until(async () => (await ask()).tier === 'gpu');
  }, 40_000);

  it('spills nowhere where the prompt may not travel: 503, and when to come again', async () => {
    const { gpu, cloud, ask } = await router('vpc');
    for (let known = 0; known < 4; known++) await ask();
    gpu.waiting = 9;
    gpu.running = 8;
    await until(async () => (await ask()).status === 503);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 503, tier: null });
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(1);
    expect(cloud.chats).toBe(0);
  }, 40_000);

  it('is asked for beside the requests: many bring no more questions, and none waits for an answer', async () => {
    const { gpu, ask } = await router();
    gpu.isMute = true;
    const beganAtMs = performance.now();
    for (let request = 0; request < 200; request++) expect((await ask()).tier).toBe('gpu');
    const tookMs = performance.now() - beganAtMs;
    // One that has no answer is given up after a second; two hundred requests that waited for it would take as many.
    expect(tookMs).toBeLessThan(20_000);
    expect(gpu.metricsAsked).toBeLessThanOrEqual(2 + tookMs / 1000);
    expect(gpu.chats).toBe(200);
  }, 40_000);

  it('is asked for with the key of the tier, by nobody but its own host', async () => {
    const { gpu, cloud, ask } = await router();
    await ask();
    await until(() => gpu.metricsAsked > 0);
    expect(gpu.seen).toMatchObject({ authorization: 'Bearer key', 'user-agent': 'tierwise' });
    expect(cloud.metricsAsked).toBe(0);
  }, 40_000);

  it('is said to be unknown where the host does not tell it, and the tier stays in use', async () => {
    const { gpu, ask, warnings } = await router();
    gpu.isMute = true;
    await until(async () => (await ask()).tier === 'gpu' && warnings.length > 0);
    expect(warnings).toEqual([
      expect.stringMatching(/^the load of tier gpu cannot be read at http.*\/metrics: no answer/),
    ]);
  }, 40_000);
});
