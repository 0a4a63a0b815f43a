import { describe, expect, it } from 'vitest';
import { embeddedMetrics } from '../../lib/core/telemetry/embedded-metrics';
import { type Ending, endingOf } from '../../lib/core/telemetry/ending';
import { addRecord, emptyRollup } from '../../lib/core/telemetry/rollup/rollup';
import type { Sums } from '../../lib/core/telemetry/rollup/sums';
import type { Attribution } from '../../lib/core/types';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { until } from './until';
import { type Question, type WorldPlan, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const ERROR: HostReply = { kind: 'error', error: 'server-error' };
const TOO_LONG: HostReply = { kind: 'error', error: 'context-length' };
const BROKEN: HostReply = { kind: 'cut', answer: { text: 'one two three' }, after: 3 };

/** Not one answer fits into it. */
function budget(onExhausted: 'refuse' | 'downgrade'): WorldPlan['policy'] & object {
  return { budgets: [{ scope: 'all', limitUsd: 0.000_001, period: 'month', onExhausted }] };
}

interface Case {
  readonly plan: WorldPlan;
  readonly question?: Question & { readonly stream?: boolean };
  /** So many are asked first. */
  readonly before?: number;
  readonly status: number;
  readonly ending: Ending;
}

const CASES: Readonly<Record<string, Case>> = {
  'an answer': { plan: { tiers: [{ script: [WHOLE] }] }, status: 200, ending: 'answered' },
  'an answer of the second tier': {
    plan: { tiers: [{ script: [ERROR] }, { script: [WHOLE] }] },
    status: 200,
    ending: 'answered',
  },
  'a budget that refuses': {
    plan: { tiers: [{ script: [WHOLE] }], policy: budget('refuse') },
    status: 429,
    ending: 'refused',
  },
  'a budget that has no cheaper tier either': {
    plan: { tiers: [{ script: [WHOLE] }], policy: budget('downgrade') },
    status: 429,
    ending: 'refused',
  },
  'residency that no tier keeps': {
    plan: { tiers: [{ script: [WHOLE], tier: { location: 'anywhere' } }] },
    question: { headers: { 'x-tierwise-residency': 'vpc' } },
    status: 503,
    ending: 'refused',
  },
  'an open breaker': {
    plan: { tiers: [{ script: [ERROR] }], policy: { breaker: { failures: 1, windowMs: 60_000, openMs: 60_000 } } },
    before: 1,
    status: 503,
    ending: 'refused',
  },
  'tiers that fail': { plan: { tiers: [{ script: [ERROR] }, { script: [ERROR] }] }, status: 502, ending: 'failed' },
  'a stream that breaks off': {
    plan: { tiers: [{ script: [BROKEN] }] },
    question: { stream: true },
    status: 200,
    ending: 'failed',
  },
  'an answer that may not leave': {
    plan: {
      tiers: [{ script: [WHOLE] }],
      task: {
        route: 'direct',
        audit: { inputs: 'anything', acceptable: 'a number', consequence: 'high' },
        oracle: [{ kind: 'contains', values: ['four'] }],
      },
    },
    status: 502,
    ending: 'failed',
  },
  'a prompt that every tier finds too long': {
    plan: { tiers: [{ script: [TOO_LONG] }, { script: [TOO_LONG], tier: { contextWindow: 64_000 } }] },
    status: 400,
    ending: 'caller-fault',
  },
  'a prompt that no tier has room for': {
    plan: { tiers: [{ script: [WHOLE], tier: { contextWindow: 1000 } }] },
    question: { body: { messages: [{ role: 'user', content: 'many words '.repeat(2000) }] } },
    status: 400,
    ending: 'caller-fault',
  },
  'content that is filtered': {
    plan: { tiers: [{ script: [{ kind: 'error', error: 'content-filter' }] }] },
    status: 400,
    ending: 'caller-fault',
  },
  'a request that the tier finds fault with': {
    plan: { tiers: [{ script: [{ kind: 'error', error: 'invalid-request' }] }] },
    status: 400,
    ending: 'caller-fault',
  },
};

function sumsOver(records: readonly Attribution[]): Sums {
  const rollup = emptyRollup();
  for (const record of records) addRecord(rollup, record);
  return rollup.total;
}

function refusalsOver(records: readonly Attribution[]): number {
  return records.reduce((sum, record) => sum + JSON.parse(embeddedMetrics(record, 'test')[0] ?? '').Refusals, 0);
}

describe('what became of requests to a real server', () => {
  it.for(Object.entries(CASES))('%s', async ([, { plan, question = {}, before = 0, status, ending }], test) => {
    const served = await world(plan, test);
    for (let asked = 0; asked < before; asked += 1) await served.ask(question);
    const { stream, ...asked } = question;
    const heard = await (stream ? served.stream(asked) : served.ask(asked));
    expect(heard.status).toBe(status);
    expect(endingOf(heard.record as Attribution)).toBe(ending);
    const records = await until('every record', () => served.records.length === before + 1 && served.records);
    const { requests, answered, refused, failed, callerFaults } = sumsOver(records);
    expect([requests, answered + refused + failed + callerFaults]).toEqual([before + 1, before + 1]);
    expect(refusalsOver(records)).toBe(refused);
  });

  it('a caller who leaves is one that failed, and is told apart', async (test) => {
    const served = await world({ tiers: [{ script: [{ kind: 'silence' }] }] }, test);
    const leaving = new AbortController();
    const heard = served.ask({ signal: leaving.signal });
    await until('the call', () => served.hosts[0]?.seen.length === 1);
    leaving.abort();
    await heard;
    const records = await until('the record', () => served.records.length === 1 && served.records);
    expect(sumsOver(records)).toMatchObject({ requests: 1, answered: 0, refused: 0, failed: 1, abandoned: 1 });
  });
});
