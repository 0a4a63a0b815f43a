import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyEvent } from '../../lambda/router/streaming';
import type { LocalFunction } from './local-function';

/**
 * A stand-in for an API Gateway REST API with a streaming Lambda integration: HTTP in, proxy event to the function, the
 * prelude parsed off what it streams back. Limits as documented: 10 MB a request, 6 MB an invocation, the delimiter
 * within the first 16 kB, a 502 where the function breaks these rules.
 */
export interface LocalApi {
  readonly url: string;
  /** Takes no more requests, lets those under way end for up to `graceMs`, then closes. */
  close(graceMs?: number): Promise<void>;
}

const REQUEST_LIMIT_BYTES = 10 * 1024 * 1024;
const INVOCATION_LIMIT_BYTES = 6 * 1024 * 1024;
const PRELUDE_LIMIT_BYTES = 16 * 1024;
const DELIMITER = Buffer.alloc(8);

/** The function may still be starting: whoever asks before it is there, waits for it. */
export async function startLocalApi(
  target: LocalFunction | Promise<LocalFunction>,
  host: string,
  port: number,
): Promise<LocalApi> {
  const server = createServer((request, response) => {
    // Once the server closes, a connection that has been answered would only keep it open.
    response.on('close', () => server.listening || setImmediate(() => server.closeIdleConnections()));
    handle(request, response, target).catch(() => {
      if (!response.headersSent) refuse(response, 502, 'Internal server error');
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: (graceMs = 0) =>
      new Promise((resolve) => {
        const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(impatience);
          resolve();
        });
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  target: LocalFunction | Promise<LocalFunction>,
): Promise<void> {
  const body = await read(request);
  if (body === undefined) return refuse(response, 413, 'Request Too Long');
  const event = toEvent(request, body);
  if (Buffer.byteLength(JSON.stringify(event)) > INVOCATION_LIMIT_BYTES)
    return refuse(response, 413, 'Request Too Long');
  await relay(await (await target).invoke(event), response);
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= REQUEST_LIMIT_BYTES) chunks.push(chunk);
  }
  return size > REQUEST_LIMIT_BYTES ? undefined : Buffer.concat(chunks);
}

function toEvent(request: IncomingMessage, body: Buffer): ProxyEvent {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    httpMethod: request.method ?? 'GET',
    path: (request.url ?? '/').split('?', 1)[0] as string,
    headers,
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
  };
}

/** Reads the prelude, then passes the body on as it comes. */
async function relay(output: NodeJS.ReadableStream, response: ServerResponse): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output as AsyncIterable<Buffer>) {
    if (head === undefined) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const at = head.indexOf(DELIMITER);
    if (at === -1 && head.length <= PRELUDE_LIMIT_BYTES) continue;
    if (at === -1 || at > PRELUDE_LIMIT_BYTES) throw new Error('The function sent no prelude.');
    const { statusCode, headers } = JSON.parse(head.subarray(0, at).toString('utf8'));
    response.writeHead(statusCode, headers);
    const rest = head.subarray(at + DELIMITER.length);
    if (rest.length > 0) response.write(rest);
    head = undefined;
  }
  if (head !== undefined) throw new Error('The function ended without a prelude.');
  response.end();
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message }));
}
