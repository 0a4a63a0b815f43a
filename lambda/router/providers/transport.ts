import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
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
  /** Told once the last byte of the request has left this process, unless the host answers sooner. */
  readonly sent?: () => void;
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

type Read = IteratorResult<Buffer, undefined>;

/**
 * The reads of a body. An iterator by hand: V8 gives a generator function that is made anew for each call a hidden class
 * of its own, which keeps all that the function sees alive until a full collection.
 */
function reader(response: http.IncomingMessage, call: Post): AsyncIterable<Buffer> {
  let ended = false;
  let failed: unknown;
  let waiting: { readonly resolve: (read: Read) => void; readonly reject: (error: unknown) => void } | undefined;

  /** What there is to read, or the end; undefined where neither has come. */
  function look(): Read | undefined {
    const bytes: Buffer | null = response.destroyed ? null : response.read();
    if (bytes !== null) return { done: false, value: bytes };
    if (ended && response.complete) return { done: true, value: undefined };
    if (!ended && failed === undefined) return undefined;
    throw call.signal.aborted ? abortFailure(call.signal) : transportFailure(failed, call.tier);
  }

  function wake(): void {
    const waiter = waiting;
    if (waiter === undefined) return;
    try {
      const read = look();
      if (read === undefined) return;
      waiting = undefined;
      waiter.resolve(read);
    } catch (error) {
      waiting = undefined;
      waiter.reject(error);
    }
  }

  response.on('readable', wake);
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

  const iterator: AsyncIterator<Buffer, undefined> = {
    async next() {
      return (
        look() ??
        new Promise((resolve, reject) => {
          waiting = { resolve, reject };
        })
      );
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
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

/** Where a URL leads. */
interface Target {
  readonly request: typeof http.request;
  readonly options: http.RequestOptions;
}

const targets = new Map<string, Target>();

/** Worked out once for each URL: a policy names few. */
function targetOf(url: string): Target {
  const known = targets.get(url);
  if (known) return known;
  const parsed = new URL(url);
  // Node copies the options of every request twice, so they hold no more than it needs.
  const { hostname, port, path, auth } = urlToHttpOptions(parsed);
  const target = {
    request: parsed.protocol === 'https:' ? https.request : http.request,
    options: { method: 'POST', agent: agentFor(parsed), hostname, port, path, ...(auth && { auth }) },
  };
  targets.set(url, target);
  return target;
}

/** Errors come as Node made them, but for an abort. */
function send(call: Post, target: Target): Promise<HostResponse> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) throw abortFailure(call.signal);
    const options = {
      connectMs: call.connectMs,
      ...target.options,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tierwise',
        ...call.headers,
        'content-length': Buffer.byteLength(call.body),
      },
    };
    const request = target.request(options);
    const onAbort = () => request.destroy();
    call.signal.addEventListener('abort', onAbort, { once: true });
    // A request that is given up finishes too, whatever has left of it.
    const onSent = () => request.destroyed || call.sent?.();
    request.once('finish', onSent);
    request.once('response', (response) => {
      request.removeListener('finish', onSent);
      resolve(hostResponse(response, call));
    });
    request.on('error', (error) => reject(call.signal.aborted ? abortFailure(call.signal) : error));
    request.once('close', () => call.signal.removeEventListener('abort', onAbort));
    request.end(call.body);
  });
}

/** Posts JSON; resolves with status and headers, whatever the status. A stale kept-alive connection is replaced once. */
export async function post(call: Post): Promise<HostResponse> {
  const target = targetOf(call.url);
  try {
    return await send(call, target).catch((error: unknown) => {
      if (isStale(error)) return send(call, target);
      throw error;
    });
  } catch (error) {
    throw RouterError.is(error) ? error : transportFailure(error, call.tier);
  }
}

/** Longer than any answer: a host that sends more goes on for ever, and the memory does not. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;

/** The whole body as text; of one longer than `maxBytes` only the beginning, and the connection is closed. */
export async function readText(response: HostResponse, maxBytes = LONGEST_ANSWER_BYTES): Promise<string> {
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
