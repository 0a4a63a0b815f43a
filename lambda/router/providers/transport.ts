import * as http from 'node:http';
import * as https from 'node:https';
import { RouterError } from '../../../lib/core/errors';
import { agentFor, isStale } from './agents';
import { abortFailure, transportFailure } from './transport-failure';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  readonly connectMs: number;
  readonly signal: AbortSignal;
  /** Whom error messages name. */
  readonly tier: string;
}

/** An answer whose body has yet to come. Whoever holds it reads to the end, or calls `release` or `close`. */
export interface HostResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Throws `cut` when the host closes early, and what the signal says when the call is aborted. */
  readonly body: AsyncIterable<Buffer>;
  /** Lets a body of which all that matters was read end by itself, so that its connection can serve again. */
  release(): void;
  /** Closes the connection, whatever is still to come; nothing once released or read to the end. */
  close(): void;
}

/** How long a host may take to end a body after its last event, before its connection is given up. */
const RELEASE_MS = 1000;

const ignore = () => {};

function reader(response: http.IncomingMessage, call: Post): AsyncIterable<Buffer> {
  let wake = ignore;
  let ended = false;
  let failed: unknown;
  response.on('readable', () => wake());
  response.once('end', () => {
    ended = true;
    wake();
  });
  response.on('error', (error) => {
    failed = error;
  });
  response.once('close', () => {
    failed ??= ended ? undefined : new Error('closed early');
    wake();
  });

  async function* read(): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes: Buffer | null = response.destroyed ? null : response.read();
      if (bytes !== null) yield bytes;
      else if (ended && response.complete) return;
      else if (ended || failed !== undefined) {
        throw call.signal.aborted ? abortFailure(call.signal) : transportFailure(failed, call.tier);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return { [Symbol.asyncIterator]: read };
}

function drain(response: http.IncomingMessage): void {
  if (response.destroyed || response.readableEnded) return;
  const timer = setTimeout(() => response.destroy(), RELEASE_MS);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
  response.removeAllListeners('readable');
  response.resume();
}

function hostResponse(response: http.IncomingMessage, call: Post): HostResponse {
  let released = false;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: reader(response, call),
    release: () => {
      released = true;
      drain(response);
    },
    close: () => {
      if (!released && !response.readableEnded) response.destroy();
    },
  };
}

/** Errors come as Node made them, but for an abort. */
function send(call: Post, url: URL): Promise<HostResponse> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) throw abortFailure(call.signal);
    const client = url.protocol === 'https:' ? https : http;
    const options = {
      method: 'POST',
      agent: agentFor(url),
      connectMs: call.connectMs,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tierwise',
        ...call.headers,
        'content-length': Buffer.byteLength(call.body),
      },
    };
    const request = client.request(url, options);
    const onAbort = () => request.destroy();
    call.signal.addEventListener('abort', onAbort, { once: true });
    request.once('response', (response) => resolve(hostResponse(response, call)));
    request.on('error', (error) => reject(call.signal.aborted ? abortFailure(call.signal) : error));
    request.once('close', () => call.signal.removeEventListener('abort', onAbort));
    request.end(call.body);
  });
}

/** Posts JSON; resolves with status and headers, whatever the status. A stale kept-alive connection is replaced once. */
export async function post(call: Post): Promise<HostResponse> {
  const url = new URL(call.url);
  try {
    return await send(call, url).catch((error: unknown) => {
      if (isStale(error)) return send(call, url);
      throw error;
    });
  } catch (error) {
    throw RouterError.is(error) ? error : transportFailure(error, call.tier);
  }
}

/** The whole body as text; of one longer than `maxBytes` only the beginning, and the connection is closed. */
export async function readText(response: HostResponse, maxBytes = Number.POSITIVE_INFINITY): Promise<string> {
  const reads: Buffer[] = [];
  let length = 0;
  for await (const bytes of response.body) {
    reads.push(bytes);
    length += bytes.length;
    if (length > maxBytes) {
      response.close();
      break;
    }
  }
  return Buffer.concat(reads).toString('utf8', 0, Math.min(length, maxBytes));
}

/** Redirects are not followed: a policy names where prompts go, and a host may not send them elsewhere. */
export function refuseRedirect(response: HostResponse, tier: string): void {
  if (response.status < 300 || response.status >= 400) return;
  response.close();
  throw RouterError.failure('malformed', `Tier ${tier} answered with a redirect (HTTP ${response.status}).`);
}
