import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parsePolicy } from '../../lib/core/policy/parse';
import { type Prepared, prepare } from '../../lib/core/route';
import type { Policy } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { scriptedProvider } from '../fixtures/scripted-provider';
import { answerOf, appOver } from './answer-all';
import { anyAct, anyStreamedAct } from './arbitrary-acts';
import { type AnyRequest, anyRequest } from './arbitrary-request';
import { mutated } from './mutate';

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
}

/** How often each status came; that it came at all shows that the inputs reach beyond the door. */
export type Statuses = Record<number, number>;

const LADDER = ['small', 'mid', 'large'];

function fuzzedPolicy(): Promise<Prepared> {
  const tiers = [
    aTier({ id: 'small', retries: 1, continuesPrefix: true }),
    aTier({ id: 'mid', retries: 1, location: 'region', capabilities: ['tools', 'images'] }),
    aTier({ id: 'large', retries: 1, location: 'anywhere', contextWindow: 200_000 }),
  ];
  const tasks = [
    aTask({ id: 'open', ladder: LADDER, route: 'static', session: { sticky: true } }),
    aTask({
      id: 'triage',
      ladder: LADDER,
      oracle: [{ kind: 'labels', labels: ['bug'] }],
      handOn: 'draft',
      cache: { ttlSeconds: 60, anyTemperature: true },
    }),
    aTask({
      id: 'careful',
      ladder: LADDER,
      route: 'cascade',
      oracle: [
        { kind: 'json-schema', schema: { type: 'object' } },
        { kind: 'consistency', samples: 2, agree: 2 },
      ],
      residency: 'region',
      stripContext: true,
      gate: { mode: 'first-tokens', tokens: 2 },
    }),
  ];
  const budgets = [
    {
      id: 'all',
      scope: 'customer',
      limitUsd: 5,
      period: 'month',
      onExhausted: 'downgrade',
      reserve: 'expected',
    } as const,
  ];
  return prepare(aPolicy({ tiers, tasks, budgets, userTiers: ['gold'] }));
}

/** Random requests to tiers that do anything: no 500, no fault, and every answer one of the contract. */
export async function fuzzRequests({ runs, seed }: FuzzOptions): Promise<Statuses> {
  const prepared = await fuzzedPolicy();
  const statuses: Statuses = {};
  const acts = fc.array(anyAct, { minLength: 1, maxLength: 3 });
  const streamedActs = fc.array(anyStreamedAct, { minLength: 1, maxLength: 3 });
  const scripts = fc.record({
    whole: fc.tuple(acts, acts, acts),
    streamed: fc.tuple(streamedActs, streamedActs, streamedActs),
  });
  const check = fc.asyncProperty(anyRequest, scripts, async (request, { whole, streamed }) => {
    const script = (one: typeof whole) => Object.fromEntries(LADDER.map((id, at) => [id, one[at] ?? []]));
    const inPieces = scriptedProvider(script(streamed));
    const inOne = scriptedProvider(script(whole));
    const provider = { unsupported: () => [], complete: inOne.complete, stream: inPieces.stream };
    const { app, faults } = appOver(prepared, { 'openai-compatible': provider });
    const { status } = await answerOf(app, request, faults);
    statuses[status] = (statuses[status] ?? 0) + 1;
  });
  await fc.assert(check, { numRuns: runs, seed });
  return statuses;
}

/** A schema or pattern that only its compiler finds wrong refuses the policy too, by its place. */
async function preparedOrRefused(policy: Policy): Promise<Prepared | undefined> {
  try {
    return await prepare(policy);
  } catch (error) {
    if (/^tasks\..*oracle\[\d+\]: .* does not compile/.test((error as Error).message)) return undefined;
    throw error;
  }
}

const EXAMPLES = resolve(import.meta.dirname, '../../examples/policies');

const HELLO: AnyRequest = {
  method: 'POST',
  path: '/v1/chat/completions',
  headers: {},
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] }),
};

/** Random policies: each is refused with its faults, or routes. Tells how many were refused and how many taken. */
export async function fuzzPolicies({ runs, seed }: FuzzOptions): Promise<{ refused: number; taken: number }> {
  const examples = readdirSync(EXAMPLES).map((file) => parse(readFileSync(join(EXAMPLES, file), 'utf8')) as object);
  let refused = 0;
  let taken = 0;
  const policy = mutated(fc.constantFrom(...examples), 3).map((document) => JSON.stringify(document) ?? '');
  const text = fc.oneof(
    { weight: 20, arbitrary: policy },
    { weight: 1, arbitrary: fc.string({ maxLength: 100 }) },
    { weight: 1, arbitrary: fc.tuple(policy, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1))) },
  );
  const check = fc.asyncProperty(text, anyRequest, async (written, request) => {
    const result = parsePolicy(written, { variables: {}, unset: 'fault', nowMs: Date.UTC(2026, 10, 22) });
    if (!result.ok) {
      refused += 1;
      if (result.faults.length === 0) throw new Error('A policy is refused and no fault is told.');
      return;
    }
    const prepared = await preparedOrRefused(result.policy);
    if (prepared === undefined) {
      refused += 1;
      return;
    }
    taken += 1;
    const act = { say: 'billing' };
    const provider = scriptedProvider(Object.fromEntries(Object.keys(result.policy.tiers).map((id) => [id, [act]])));
    const { app, faults } = appOver(prepared, {
      'openai-compatible': provider,
      anthropic: provider,
      bedrock: provider,
    });
    for (const one of [HELLO, request]) await answerOf(app, one, faults);
  });
  await fc.assert(check, { numRuns: runs, seed });
  return { refused, taken };
}
