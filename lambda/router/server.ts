import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RouterError } from '../../lib/core/errors';
import { formatError } from '../../lib/core/response/format-error';
import type { Response } from '../../lib/core/types';
import type { App, Served } from './http';

export interface ServerOptions {
  readonly app: App;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The largest body taken, in bytes. */
  readonly maxBodyBytes: () => number;
  readonly newRequestId: () => string;
  /** Called once the answer has left, or its client has. */
  readonly afterwards: (served: Served) => void;
  /** How long a client may take nothing of what waits for it before it counts as gone. Default a minute. */
  readonly patienceMs?: number;
}

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, lets those under way end for up to `graceMs`, then closes. */
  close(graceMs: number): Promise<void>;
}

/** Longer than the usual idle time of load balancers and client pools, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
const PATIENCE_MS = 60_000;

/** The router on a plain Node server. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    // Once the server closes, a connection that has been answered would only keep it open.
    response.on('close', () => server.listening || setImmediate(() => server.closeIdleConnections()));
    serve(request, response, options, closing.signal).catch(() => response.destroy());
  });
  const silent = silentSockets(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: (graceMs) => {
      closing.abort();
      return close(server, silent, graceMs);
    },
  };
}

/** Read of a body beyond the limit before the connection is cut. */
const LET_GO_BYTES = 64 * 1024 * 1024;

const leavingBySocket = new WeakMap<Socket, AbortSignal>();

/** Aborted when the client leaves. One for each connection, since its requests leave with it and signals are dear. */
function leaving(socket: Socket): AbortSignal {
  const known = leavingBySocket.get(socket);
  if (known) return known;
  const left = new AbortController();
  // Pipelined requests listen at once.
  setMaxListeners(0, left.signal);
  socket.once('close', () => left.abort());
  leavingBySocket.set(socket, left.signal);
  return left.signal;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  closing: AbortSignal,
): Promise<void> {
  const left = leaving(request.socket);
  const body = await readBody(request, options.maxBodyBytes());
  if (left.aborted) return;
  if (body === undefined) {
    const message = `The body is larger than ${options.maxBodyBytes()} bytes.`;
    await send(formatError(new RouterError('request_too_large', message), options.newRequestId()), response, options);
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  const headers = request.headers as Record<string, string | undefined>;
  const served = await options.app({ method: request.method ?? 'GET', path, headers, body, left, closing });
  try {
    await send(served.response, response, options);
  } finally {
    options.afterwards(served);
  }
}

/**
 * The whole body as text, or undefined when it is too large. The rest of one too large is read and let go of: a client hears
 * nothing while it is still sending, and closing on it would only break its connection. Much more than that is cut.
 */
function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > limit + LET_GO_BYTES) request.destroy();
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size > limit ? undefined : textOf(chunks)));
    request.on('error', reject);
    request.on('close', () => request.complete || reject(new Error('The client left while it was sending.')));
  });
}

function textOf(chunks: readonly Buffer[]): string {
  return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
}

async function send(
  { status, headers, body }: Response,
  response: ServerResponse,
  { patienceMs = PATIENCE_MS }: ServerOptions,
): Promise<void> {
  if (typeof body === 'string') {
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-length': bytes.length, ...headers });
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  for await (const bytes of body) {
    if (response.destroyed) break;
    if (!response.write(bytes)) await drained(response, patienceMs);
  }
  response.end();
}

/** A client that neither reads nor leaves would keep its answer, and the money set aside for it, for ever. */
function drained(response: ServerResponse, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), patienceMs);
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** Connections on which no request has come yet. Node takes them for busy, and pools and balancers open some ahead. */
function silentSockets(server: Server): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return silent;
}

function close(server: Server, silent: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of silent) socket.destroy();
  });
}
