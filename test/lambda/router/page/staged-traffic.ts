import type { Store } from '../../../../lambda/shared/store/port';
import { stretchAt } from '../../../../lambda/shared/store/stretch';
import { MINUTE_MS } from '../../../../lib/core/durations';
import { addRecord, emptyRollup, mergeRollup, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../../lib/core/types';
import { DIMENSIONS } from '../../../../lib/core/types-policy';
import { anAttribution } from '../../shared/an-attribution';

const LADDER = ['small', 'mid', 'frontier'];
/** USD of a request at each tier. */
const COST: Readonly<Record<string, number>> = { small: 0.0004, mid: 0.0021, frontier: 0.018 };

/** By task: how often it comes, the share that is sent up, and the share that climbs. */
const TASKS = {
  'ticket-triage': { share: 0.5, up: 0.02, climb: 0.06 },
  summarising: { share: 0.3, up: 0.1, climb: 0.05 },
  'code-writing': { share: 0.2, up: 0.3, climb: 0.12 },
} as const;

export type StagedTask = keyof typeof TASKS;

/** A policy document whose tasks are the staged ones. `url`: where all its tiers are. */
export function stagedPolicy(url: string): object {
  const tier = (location: string, price: object): object => ({
    provider: 'openai-compatible',
    baseUrl: url,
    model: `model-${location}`,
    location,
    contextWindow: 32_768,
    price,
    retries: 0,
  });
  const task = (baseline: object): object => ({
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'direct',
    ladder: LADDER,
    oracle: [],
    baseline,
  });
  return {
    schema: 1,
    policy: 'support-desk',
    owner: 'desk',
    frontier: 'frontier',
    tiers: {
      small: { ...tier('vpc', { hourly: 0.005, tokensPerSecond: 2600 }), gpu: { instance: 'g6e.xlarge', min: 1 } },
      mid: tier('region', { input: 0.33, output: 2.75 }),
      frontier: tier('anywhere', { input: 4, output: 20 }),
    },
    tasks: {
      'ticket-triage': task({
        escalationRate: 0.08,
        low: 0.07,
        high: 0.09,
        n: 5000,
        profiledAt: '2026-10-01',
        mix: { small: 0.9, mid: 0.08, frontier: 0.02 },
      }),
      summarising: task({}),
      'code-writing': task({ escalationRate: 0.2, low: 0.18, high: 0.22, n: 2000, profiledAt: '2026-10-01' }),
    },
    default: { task: 'ticket-triage' },
  };
}

/** A seeded sequence between 0 and 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The record of one request at that moment. */
export function stagedRecord(atMs: number, random: () => number, about: Partial<Attribution> = {}): Attribution {
  const task = pick(random());
  const { up, climb } = TASKS[task];
  const drawn = random();
  const upRouted = drawn < up ? 1 : 0;
  const escalated = upRouted === 0 && drawn < up + climb ? 1 : 0;
  const began = upRouted === 1 ? 'mid' : 'small';
  const tier = escalated === 1 ? (random() < 0.3 ? 'frontier' : 'mid') : began;
  const called = escalated === 1 ? ['small', tier] : [tier];
  const size = 0.5 + random();
  const attempts = called.map((name, index) => ({
    tier: name,
    model: `model-${name}`,
    outcome: index < called.length - 1 ? ('rejected' as const) : ('answered' as const),
    because: index === 0 ? ('first' as const) : ('escalation' as const),
    costUsd: (COST[name] ?? 0) * size,
    startedAtMs: atMs,
    latencyMs: 400 * size,
    location: 'vpc',
    ...(index < called.length - 1 && { verdict: { pass: false, oracle: 'labels', detail: 'not one of the labels' } }),
  }));
  const dimensions = Object.fromEntries(DIMENSIONS.map((name) => [name, Math.round(random() * 100) / 10]));
  const base = anAttribution({
    requestId: `req-${stretchAt('minute', atMs)}-${Math.floor(random() * 1e12).toString(36)}`,
  });
  return {
    ...base,
    time: new Date(atMs).toISOString(),
    customer: 'acme',
    task,
    tier,
    model: `model-${tier}`,
    reason: escalated === 1 ? 'escalated' : 'start',
    attempts,
    consultations: [],
    costUsd: attempts.reduce((sum, { costUsd }) => sum + costUsd, 0),
    routingCostUsd: 0,
    frontierCostUsd: 0.018 * size,
    latencyMs: attempts.reduce((sum, { latencyMs }) => sum + latencyMs, 3),
    upRouted,
    escalated,
    escalations: escalated,
    status: 200,
    decision: {
      ...base.decision,
      task,
      tier: began,
      ladder: LADDER.slice(LADDER.indexOf(began)),
      reason: 'start',
      score: 20 + 50 * random(),
      dimensions: dimensions as Attribution['decision']['dimensions'],
      pass: { small: { p: 0.91, low: 0.88, source: 'learned' } },
      excluded: [{ tier: 'edge', reason: 'residency', detail: 'needs vpc, offers anywhere' }],
      upRouted: upRouted === 1,
    } as Attribution['decision'],
    ...about,
  };
}

function pick(drawn: number): StagedTask {
  if (drawn < TASKS['ticket-triage'].share) return 'ticket-triage';
  return drawn < TASKS['ticket-triage'].share + TASKS.summarising.share ? 'summarising' : 'code-writing';
}

/**
 * A month of requests, added up as the watch function would have, all but the last minutes. `count` requests an hour by
 * day; what is put into the store as a record has come within the last hour.
 */
export async function stageMonth(store: Store, clock: { nowMs: number }, count = 12): Promise<void> {
  const endMs = clock.nowMs;
  const random = seeded(6);
  const sums = { minute: new Map<string, Rollup>(), hour: new Map<string, Rollup>(), day: new Map<string, Rollup>() };
  const add = (span: keyof typeof sums, from: string, rollup: Rollup): void => {
    const sum = sums[span].get(from) ?? emptyRollup();
    mergeRollup(sum, rollup);
    sums[span].set(from, sum);
  };
  for (let hourMs = endMs - 30 * 24 * 60 * MINUTE_MS; hourMs < endMs; hourMs += 60 * MINUTE_MS) {
    // The last hour is as busy as any, whatever the time of day.
    const daily = hourMs + 60 * MINUTE_MS < endMs ? 1 + Math.sin(((hourMs / 3_600_000) % 24) / 3.8) : 1;
    for (let each = 0; each < count * daily; each++) {
      const atMs = hourMs + Math.floor(random() * 60 * MINUTE_MS);
      const record = stagedRecord(atMs, random);
      const recent = atMs > endMs - 60 * MINUTE_MS;
      if (recent) {
        clock.nowMs = atMs;
        await store.attributions.put(record);
      }
      if (atMs >= Math.floor(endMs / MINUTE_MS - 6) * MINUTE_MS) continue;
      const rollup = emptyRollup();
      addRecord(rollup, record);
      for (const span of ['minute', 'hour', 'day'] as const) add(span, stretchAt(span, atMs), rollup);
    }
  }
  clock.nowMs = endMs;
  for (const span of ['minute', 'hour', 'day'] as const)
    for (const [from, rollup] of sums[span]) await store.rollups.write(span, from, rollup);
  const throughMs = Math.floor(endMs / MINUTE_MS - 6) * MINUTE_MS;
  await store.states.write('rollup', { schema: 1, throughMs, sinceMs: endMs - 30 * 24 * 60 * MINUTE_MS }, 0);
}
