/**
 * A model server that speaks Chat Completions and does what the prompt orders: `#{chunks=64 firstMs=20 everyMs=10}`, and
 * `fail=A` for a 500 from the server of that name. Each chunk says when it was written, in microseconds of the clock that
 * all processes of a machine share.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBytes } from './read-bytes';

interface Orders {
  readonly chunks: number;
  readonly firstMs: number;
  readonly everyMs: number;
  readonly fail: string;
}

const NAME = process.argv[2] ?? 'A';
const ORDERS = /#\{([^}]*)\}/;
const USAGE = '{"prompt_tokens":120,"completion_tokens":16,"total_tokens":136}';
const HEAD = '"id":"chatcmpl-bench","created":1700000000,"model":"bench"';
const WHOLE = Buffer.from(
  `{${HEAD},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":` +
    `"${'word '.repeat(16).trim()}"},"finish_reason":"stop"}],"usage":${USAGE}}`,
);
const FAILURE = Buffer.from('{"error":{"message":"ordered to fail","type":"server_error","code":"500"}}');

function ordersIn(body: Buffer): Orders {
  const words = ORDERS.exec(body.toString('latin1'))?.[1]?.split(' ') ?? [];
  const orders = Object.fromEntries(words.map((word) => word.split('=')));
  const number = (name: string): number => Number(orders[name] ?? 0);
  return { chunks: number('chunks'), firstMs: number('firstMs'), everyMs: number('everyMs'), fail: orders.fail ?? '' };
}

function event(delta: string, finish: string): string {
  const choice = `{"index":0,"delta":${delta},"finish_reason":${finish}}`;
  return `data: {${HEAD},"object":"chat.completion.chunk","choices":[${choice}]}\n\n`;
}

const LAST =
  event('{}', '"stop"') +
  `data: {${HEAD},"object":"chat.completion.chunk","choices":[],"usage":${USAGE}}\n\ndata: [DONE]\n\n`;

function stream({ chunks, firstMs, everyMs }: Orders, response: ServerResponse): void {
  const startedAtMs = performance.now() + firstMs;
  let sent = 0;
  const tick = (): void => {
    if (response.destroyed) return;
    if (sent === 0) response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (sent === chunks) {
      response.end(LAST);
      return;
    }
    response.write(event(`{"content":"@${process.hrtime.bigint() / 1000n}@"}`, 'null'));
    sent += 1;
    if (everyMs === 0) setImmediate(tick);
    else setTimeout(tick, Math.max(0, startedAtMs + sent * everyMs - performance.now()));
  };
  setTimeout(tick, firstMs);
}

const server = createServer(async (request, response) => {
  const body = await readBytes(request);
  const orders = ordersIn(body);
  if (orders.chunks > 0) return stream(orders, response);
  const failed = orders.fail === NAME;
  const bytes = failed ? FAILURE : WHOLE;
  response.writeHead(failed ? 500 : 200, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
