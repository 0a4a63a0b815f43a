import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** No connection within the tier's `connectMs`: name look-up, TCP and TLS together. */
class ConnectTimeout extends Error {
  readonly code = 'CONNECT_TIMEOUT';
}

interface ConnectOptions {
  readonly connectMs?: number;
}

const STALE = Symbol('stale connection');

/** Bounds the making of one connection. Reused sockets never pass here. */
function bounded(socket: Duplex, connectMs: number | undefined, connected: 'connect' | 'secureConnect'): Duplex {
  if (connectMs === undefined) return socket;
  const timer = setTimeout(() => socket.destroy(new ConnectTimeout(`no connection in ${connectMs} ms`)), connectMs);
  const done = () => clearTimeout(timer);
  socket.once(connected, done);
  socket.once('close', done);
  return socket;
}

/**
 * Marks the error of a request that went out on a kept-alive connection which its host had already closed: not one byte
 * came back. Where one is stale its idle neighbours are too (a thawed Lambda), so they go as well.
 */
function watchReuse(agent: http.Agent, socket: Duplex, request: http.ClientRequest): void {
  const { bytesRead } = socket as Socket;
  request.prependOnceListener('error', (error: NodeJS.ErrnoException) => {
    const reset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    if (!reset || (socket as Socket).bytesRead !== bytesRead) return;
    Object.assign(error, { [STALE]: true });
    for (const idle of Object.values(agent.freeSockets).flat()) idle?.destroy();
  });
}

/** Whether the same request may be sent again at once, since no host has read it. */
export function isStale(error: unknown): boolean {
  return typeof error === 'object' && error !== null && STALE in error;
}

/** `connectMs` comes with each request, or with the agent where its owner cannot pass it on. */
class BoundedHttpAgent extends http.Agent {
  constructor(private readonly connectMs?: number) {
    super({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  }

  override createConnection(options: http.ClientRequestArgs & ConnectOptions) {
    const socket = super.createConnection(options);
    return socket && bounded(socket, options.connectMs ?? this.connectMs, 'connect');
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    super.reuseSocket(socket, request);
    watchReuse(this, socket, request);
  }
}

class BoundedHttpsAgent extends https.Agent {
  constructor(private readonly connectMs?: number) {
    super({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  }

  override createConnection(options: https.RequestOptions & ConnectOptions) {
    const socket = super.createConnection(options);
    return socket && bounded(socket, options.connectMs ?? this.connectMs, 'secureConnect');
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    super.reuseSocket(socket, request);
    watchReuse(this, socket, request);
  }
}

const byOrigin = new Map<string, http.Agent>();

/** The keep-alive agent of an origin, made once. */
export function agentFor(url: URL): http.Agent {
  const known = byOrigin.get(url.origin);
  if (known) return known;
  const agent = url.protocol === 'https:' ? new BoundedHttpsAgent() : new BoundedHttpAgent();
  byOrigin.set(url.origin, agent);
  return agent;
}

/** The pair of agents that the AWS client takes. */
export function agentPair(connectMs: number): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  return { httpAgent: new BoundedHttpAgent(connectMs), httpsAgent: new BoundedHttpsAgent(connectMs) };
}
