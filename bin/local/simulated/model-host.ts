import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from './loopback-server';
import {
  type CorpusByPrompt,
  createSimulatedModel,
  type Question,
  type SimulatedAnswer,
  type SimulatedModel,
} from './simulated-model';
import type { ProfileName } from './skills';

export interface SimulatedHostOptions {
  /** How well its models answer. */
  readonly profile: ProfileName;
  readonly corpus: CorpusByPrompt;
  /** Profiles of single models, where the host serves several. */
  readonly profiles?: Readonly<Record<string, ProfileName>>;
  /** Models it knows; any name will do where this is absent. */
  readonly models?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  /** Factor by which time is shortened: 1 is as slow as a real model would be. Default 20. */
  readonly speed?: number;
  /** Tokens, prompt and answer together. Default 200000. */
  readonly contextWindow?: number;
}

export interface SimulatedHost {
  /** Origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What a tier's `baseUrl` says to reach it. */
  readonly baseUrl: string;
  /** How many calls to a model it has taken, refused ones included. */
  requests(): number;
  /** Ends at once; answers under way are cut. */
  close(): Promise<void>;
}

/** One HTTP exchange as a dialect sees it. */
export interface Exchange {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly response: ServerResponse;
  /** Waits so many milliseconds of a real model's time, shortened by the host's speed; throws when the caller has left. */
  readonly pace: (realMs: number) => Promise<void>;
}

/** What the hosts share beside the wire: their models, and what they count. */
export interface Models {
  readonly contextWindow: number;
  knows(model: string): boolean;
  names(): readonly string[];
  profileOf(model: string): ProfileName;
  ask(question: Question): SimulatedAnswer;
}

export interface Traffic {
  /** Calls to a model so far. */
  calls: number;
  /** Calls under way. */
  running: number;
}

export type Dialect = (exchange: Exchange, models: Models, traffic: Traffic) => Promise<void>;

const LONGEST_OWED_MS = 1;

export async function startHost(
  options: SimulatedHostOptions,
  basePath: string,
  dialect: Dialect,
): Promise<SimulatedHost> {
  const models = modelsOf(options);
  const traffic: Traffic = { calls: 0, running: 0 };
  const speed = options.speed ?? 20;
  const server = createServer((request, response) => {
    serve(request, response, speed, (exchange) => dialect(exchange, models, traffic)).catch(() => breakOff(response));
  });
  const { url, close } = await listenOnLoopback(server, options.port);
  return { url, baseUrl: `${url}${basePath}`, requests: () => traffic.calls, close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  speed: number,
  answer: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const [path = '/'] = (request.url ?? '/').split('?');
  await answer({
    method: request.method ?? 'GET',
    path,
    headers: request.headers,
    body: await text(request),
    response,
    pace: pacer(speed, left.signal),
  });
}

/** The caller left, or sent what the dialect does not foresee. */
function breakOff(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else sendJson(response, 500, { error: { message: 'the simulated host cannot make sense of this request' } });
}

/** Timers are coarse, so short waits are saved up until they make a millisecond. */
function pacer(speed: number, signal: AbortSignal): (realMs: number) => Promise<void> {
  let owedMs = 0;
  return async (realMs) => {
    signal.throwIfAborted();
    owedMs += realMs / speed;
    if (owedMs < LONGEST_OWED_MS) return;
    const dueMs = owedMs;
    owedMs = 0;
    await sleep(dueMs, undefined, { signal });
  };
}

function modelsOf({ profile, profiles = {}, corpus, models, contextWindow = 200_000 }: SimulatedHostOptions): Models {
  const made = new Map<ProfileName, SimulatedModel>();
  const profileOf = (model: string) => profiles[model] ?? profile;
  const modelOf = (name: ProfileName): SimulatedModel => {
    const known = made.get(name) ?? createSimulatedModel(name, corpus);
    made.set(name, known);
    return known;
  };
  return {
    contextWindow,
    knows: (model) => models?.includes(model) ?? true,
    names: () => models ?? [`simulated-${profile}`],
    profileOf,
    ask: (question) => modelOf(profileOf(question.model))(question),
  };
}

/** Counts a call to a model while it lasts. */
export async function counted(traffic: Traffic, call: () => Promise<void>): Promise<void> {
  traffic.calls += 1;
  traffic.running += 1;
  try {
    await call();
  } finally {
    traffic.running -= 1;
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A JSON object, or undefined for everything else. */
export function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The time that a whole, unstreamed answer takes. */
export function wholeMs({ firstTokenMs, perTokenMs, outputTokens }: SimulatedAnswer): number {
  return firstTokenMs + perTokenMs * outputTokens;
}
