import OpenAI from 'openai';
import { expect } from 'vitest';
import type { App } from '../../lambda/router/http';
import { createRuntime } from '../../lambda/router/runtime';
import { startServer } from '../../lambda/router/server';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import type { Store } from '../../lambda/shared/store/port';
import type { Attribution } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { startAnthropicHost } from '../fixtures/hosts/anthropic-host';
import { startBedrockHost } from '../fixtures/hosts/bedrock-host';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import type { HostScript } from '../fixtures/hosts/script';
import { type Heard, hear } from './heard';
import { until } from './until';

const START = { 'openai-compatible': startOpenAiHost, anthropic: startAnthropicHost, bedrock: startBedrockHost };

export interface TierPlan {
  readonly script: HostScript;
  readonly provider?: keyof typeof START;
  /** Members of the tier in the policy. */
  readonly tier?: Readonly<Record<string, unknown>>;
}

export interface WorldPlan {
  /** The ladder, in its order: `t0`, `t1` and so on. */
  readonly tiers: readonly TierPlan[];
  readonly task?: Readonly<Record<string, unknown>>;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Parts of the store that are not as they should be. */
  readonly store?: Partial<Store>;
  /** Of the server with a client that takes nothing of its answer. */
  readonly patienceMs?: number;
}

export interface Question {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the OpenAI client itself; 0 by default, so that every call is the router's own. */
  readonly clientRetries?: number;
}

export interface World {
  readonly url: string;
  readonly app: App;
  readonly store: Store;
  readonly hosts: readonly Host[];
  /** By tier: when each call reached its host, in milliseconds of this process. */
  readonly arrivals: readonly (readonly number[])[];
  readonly records: readonly Attribution[];
  readonly warnings: readonly string[];
  /** Asks through the OpenAI client, and holds what came of it against what the host and the record say. */
  ask(question?: Question): Promise<Heard>;
  stream(question?: Question): Promise<Heard>;
  /** The record of the request, once it is kept. */
  recordOf(requestId: string): Promise<Attribution>;
}

/** What a test gives to be cleaned up after. */
export interface Cleaning {
  onTestFinished(close: () => Promise<void>): void;
}

/** Short, so that waiting for one is no long test, and far apart, so that each can be told from the others. */
export const SHORT = { connectMs: 800, firstTokenMs: 800, stallMs: 500, totalMs: 2000 };
/** Of a tier that keeps nobody waiting: a machine that is busy with other things does not make it fail. */
const AMPLE = { connectMs: 8000, firstTokenMs: 8000, stallMs: 8000, totalMs: 10_000 };
/** What a call may take beyond its deadline. */
const GRACE_MS = 1000;

/** A real server over real hosts that fail as they are told, with everything a process gives to its requests. */
export async function world(plan: WorldPlan, { onTestFinished }: Cleaning): Promise<World> {
  const arrivals: number[][] = plan.tiers.map(() => []);
  const hosts = await Promise.all(
    plan.tiers.map(({ provider = 'openai-compatible', script }, at) =>
      START[provider](noting(script, arrivals[at] as number[])),
    ),
  );
  for (const host of hosts) onTestFinished(() => host.close());
  const text = policyOf(plan, hosts);
  const warnings: string[] = [];
  const store = openMemoryStore();
  const runtime = await createRuntime({
    router: 'test',
    openStore: async () => ({ ...store, ...plan.store }),
    fallback: { text, file: 'policy.json' },
    variables: {},
    refreshMs: 60_000,
    access: { callers: 'trusted' },
    warn: (line) => void warnings.push(line),
  });
  onTestFinished(() => runtime.close());
  const policy = runtime.policy()?.prepared.policy as Policy;
  const records: Attribution[] = [];
  const app: App = (request) => {
    runtime.poke();
    return runtime.app(request);
  };
  const server = await startServer({
    app,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => policy.maxBodyBytes,
    newRequestId: runtime.newRequestId,
    ...(plan.patienceMs !== undefined && { patienceMs: plan.patienceMs }),
    afterwards: (served) => {
      void runtime.keep(served);
      void served.attribution?.then((record) => record && records.push(record));
    },
  });
  onTestFinished(() => server.close(100));

  function recordOf(requestId: string): Promise<Attribution> {
    return until('the record', () => records.find((record) => record.requestId === requestId));
  }

  async function asked(stream: boolean, question: Question): Promise<Heard> {
    const before = callsTo(hosts);
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: question.clientRetries ?? 0 });
    const heard = await hear(client, stream, question, recordOf);
    const calls = callsTo(hosts).map((count, at) => count - (before[at] as number));
    holdTogether(heard, calls, policy);
    expect(warnings).toEqual([]);
    return heard;
  }

  return {
    url: server.url,
    app,
    store,
    hosts,
    arrivals,
    records,
    warnings,
    recordOf,
    ask: (question = {}) => asked(false, question),
    stream: (question = {}) => asked(true, question),
  };
}

/** What holds of every request, however it went. */
function holdTogether({ elapsedMs, record, text }: Heard, calls: readonly number[], policy: Policy): void {
  expect(elapsedMs).toBeLessThan(deadlineMs(policy) + GRACE_MS);
  if (record === undefined) return;
  const { attempts } = record;
  expect(calls).toEqual(calls.map((_, at) => attempts.filter(({ tier }) => tier === `t${at}`).length));
  expect(record.retries).toBe(attempts.filter(({ because }) => because === 'retry').length);
  expect(record.retries).toBeLessThanOrEqual(policy.retryBudget);
  expect(record.fallbacks).toBe(attempts.filter(({ because }) => because === 'fallback').length);
  expect(record.costUsd).toBeCloseTo(
    attempts.reduce((sum, { costUsd }) => sum + costUsd, 0),
    12,
  );
  for (const { outcome, cause, usage, costUsd } of attempts) {
    expect(outcome === 'failed').toBe(cause !== undefined);
    // Nothing is billed of which nobody knows.
    if (usage === undefined) expect(costUsd).toBe(0);
  }
  if (text === undefined) return;
  expect(record.model).toBe(`${record.tier}-model`);
}

/** The sum over the ladder of what each tier may take at most. */
export function deadlineMs({ tiers }: Pick<Policy, 'tiers'>): number {
  return Object.values(tiers).reduce((sum, { timeouts, retries }) => sum + timeouts.totalMs * (1 + retries), 0);
}

function noting(script: HostScript, arrivals: number[]): HostScript {
  return (seen, index) => {
    arrivals.push(performance.now());
    const reply = typeof script === 'function' ? script(seen, index) : script[Math.min(index, script.length - 1)];
    if (reply === undefined) throw new Error('The script of a host needs a reply.');
    return reply;
  };
}

function callsTo(hosts: readonly Host[]): number[] {
  return hosts.map(({ seen }) => seen.length);
}

/** Of a script that is a function nobody knows. */
function mayWait(script: HostScript): boolean {
  if (typeof script === 'function') return true;
  return script.some((reply) => reply.kind === 'silence' || reply.kind === 'stall' || 'delayMs' in reply);
}

function policyOf({ tiers, task, policy }: WorldPlan, hosts: readonly Host[]): string {
  const written = tiers.map(({ provider = 'openai-compatible', script, tier }, at) => [
    `t${at}`,
    {
      provider,
      baseUrl: (hosts[at] as Host).url,
      model: `t${at}-model`,
      location: 'vpc',
      contextWindow: 32_768,
      capabilities: ['tools', 'json_schema'],
      price: { input: 1, output: 2 },
      timeouts: mayWait(script) ? SHORT : AMPLE,
      retries: 0,
      ...(provider === 'bedrock' && { region: 'eu-central-1', apiKey: 'key' }),
      ...tier,
    },
  ]);
  const audit = { inputs: 'anything', acceptable: 'anything', consequence: 'low' };
  const ladder = tiers.map((_, at) => `t${at}`);
  const general = { owner: 'desk', audit, route: 'static', ladder, oracle: [], ...task };
  return JSON.stringify({
    schema: 1,
    control: { share: 0, dailyUsd: 0 },
    policy: 'desk',
    owner: 'desk',
    tiers: Object.fromEntries(written),
    tasks: { general },
    default: { task: 'general' },
    ...policy,
  });
}
