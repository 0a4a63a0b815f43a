import { once, setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { asRouterError } from '../../lib/core/errors';
import { formatError } from '../../lib/core/response/format-error';
import type { Response } from '../../lib/core/types';
import type { App, HttpRequest, Served } from './http';

/** What API Gateway sends for a REST proxy integration, as far as the router reads it. */
export interface ProxyEvent {
  readonly httpMethod: string;
  /** Without stage and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** What stands before the body of a streamed response. */
export interface Prelude {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The part of Lambda's streaming runtime that the router uses; its own name is the global `awslambda`. */
export interface StreamingRuntime {
  streamifyResponse<E, C>(handler: (event: E, stream: Writable, context: C) => Promise<void>): unknown;
  readonly HttpResponseStream: { from(stream: Writable, prelude: Prelude): Writable };
}

export interface InvocationPorts {
  /** Rejects when the router could not start; then every request is told so. */
  readonly app: Promise<App>;
  readonly writePrelude: (stream: Writable, prelude: Prelude) => Writable;
  readonly nowMs: () => number;
  readonly newRequestId: () => string;
  /** Called once the answer has left; the invocation ends when it resolves. */
  readonly afterwards: (served: Served, remainingMs: number) => Promise<void>;
}

/** Kept back from the platform's deadline, so that the error of a late tier still reaches the caller. */
const MARGIN_MS = 1500;

/** Headers of one connection, which API Gateway's own connection replaces. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Handles one invocation of the streaming integration: prelude, body, and afterwards the record. */
export function createInvocation(ports: InvocationPorts) {
  return async (event: ProxyEvent, stream: Writable, context: InvocationContext): Promise<void> => {
    const left = new AbortController();
    // Of each call that the request makes: one may ask several tiers at once to judge several choices.
    setMaxListeners(0, left.signal);
    for (const ending of ['error', 'close']) stream.on(ending, () => left.abort());
    const endsAtMs = ports.nowMs() + context.getRemainingTimeInMillis() - MARGIN_MS;
    const served = await serve(toRequest(event, left.signal, endsAtMs), ports);
    const response = event.httpMethod === 'HEAD' ? Object.assign({}, served.response, { body: '' }) : served.response;
    await send(response, stream, ports, left.signal).catch(() => left.abort());
    await ports.afterwards(served, context.getRemainingTimeInMillis());
  };
}

async function serve(request: HttpRequest, ports: InvocationPorts): Promise<Served> {
  try {
    return await (await ports.app)(request);
  } catch (error) {
    return { response: formatError(asRouterError(error), ports.newRequestId()) };
  }
}

function toRequest(event: ProxyEvent, left: AbortSignal, endsAtMs: number): HttpRequest {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(event.headers ?? {})) headers[name.toLowerCase()] = value;
  const text = event.body ?? '';
  const body = event.isBase64Encoded ? Buffer.from(text, 'base64').toString('utf8') : text;
  return { method: event.httpMethod, path: event.path, headers, body, left, endsAtMs };
}

async function send(response: Response, stream: Writable, ports: InvocationPorts, left: AbortSignal): Promise<void> {
  const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
  const out = ports.writePrelude(stream, { statusCode: response.status, headers });
  // The runtime sends the prelude with the first write, so even an empty body needs one.
  if (typeof response.body === 'string') out.write(response.body);
  else await pipe(response.body, out, left);
  out.end();
  await finished(out);
}

async function pipe(body: AsyncIterable<Uint8Array>, out: Writable, left: AbortSignal): Promise<void> {
  let written = false;
  for await (const bytes of body) {
    written = true;
    // What has been closed never drains.
    if (!out.write(bytes)) await once(out, 'drain', { signal: left });
  }
  if (!written) out.write('');
}
