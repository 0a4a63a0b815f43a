import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

/** What the host does with one call: says something, or refuses. */
export type Reply =
  | {
      readonly say: string;
      readonly usage?: { readonly input: number; readonly output: number };
      readonly sure?: number;
    }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface FakeHost {
  /** What a tier's `baseUrl` says to reach it. */
  readonly baseUrl: string;
  /** Calls so far, in the order in which they came. */
  readonly asked: Asked[];
  /** Most calls that were under way at once, by model. */
  readonly most: Map<string, number>;
  /** What it says of itself where it is asked as a router. */
  router: FakeRouter;
  /** How long each call takes from now on. */
  latencyMs: number;
  /** Calls after so many are never answered. */
  answersAtMost: number;
  close(): Promise<void>;
}

export interface FakeRouter {
  readonly policy: { readonly id: string; readonly version: string };
  readonly models: readonly string[];
}

const TIERS = ['small', 'mid', 'large'];
const ROUTER: FakeRouter = {
  policy: { id: 'sorting', version: '7' },
  models: [...TIERS.map((tier) => `tier:${tier}`), ...TIERS.map((tier) => `${tier}-model`)],
};

/** A model server that speaks Chat Completions and answers by a function of what it is asked. */
export async function fakeHost(
  reply: (asked: Asked, nth: number) => Reply,
  { latencyMs = 0 }: { readonly latencyMs?: number } = {},
): Promise<FakeHost> {
  const asked: Asked[] = [];
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  function tellOfRouter({ url }: IncomingMessage, response: ServerResponse): void {
    const said =
      url === '/health' ? { policy: host.router.policy } : { data: host.router.models.map((id) => ({ id })) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      tellOfRouter(request, response);
      return;
    }
    const body = JSON.parse(await text(request)) as {
      model: string;
      messages: { content: string }[];
      logprobs?: boolean;
    };
    const { model, messages } = body;
    const call = { model, prompt: messages.at(-1)?.content ?? '', headers: request.headers, body, atMs: Date.now() };
    asked.push(call);
    running.set(model, (running.get(model) ?? 0) + 1);
    most.set(model, Math.max(most.get(model) ?? 0, running.get(model) ?? 0));
    const act = reply(call, asked.length - 1);
    if (asked.length > host.answersAtMost) return;
    if (host.latencyMs > 0) await sleep(host.latencyMs);
    running.set(model, (running.get(model) ?? 0) - 1);
    if ('status' in act) {
      response.writeHead(act.status, { 'content-type': 'application/json', ...act.headers });
      response.end(JSON.stringify({ error: { message: 'scripted', type: 'server_error', code: null } }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'x-tierwise-policy': host.router.policy.version });
    response.end(JSON.stringify(completionOf(model, act, body.logprobs === true)));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host: FakeHost = {
    router: ROUTER,
    latencyMs,
    answersAtMost: Number.POSITIVE_INFINITY,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}

function completionOf(model: string, act: Extract<Reply, { say: string }>, logprobs: boolean): object {
  const { say, usage = { input: 100, output: 10 }, sure } = act;
  const likely = (p: number) => ({ token: say, logprob: Math.log(p) });
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: say },
        finish_reason: 'stop',
        ...(logprobs &&
          sure !== undefined && {
            logprobs: {
              content: [
                { ...likely(sure), top_logprobs: [likely(sure), { token: 'other', logprob: Math.log(1 - sure) }] },
              ],
            },
          }),
      },
    ],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    },
  };
}
