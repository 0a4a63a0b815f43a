import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import { createWatcher, type Watcher, type WatcherPorts } from '../../../lambda/watch/watcher';
import type { Reading } from '../../../lib/core/telemetry/watch/nouns';
import type { Attribution } from '../../../lib/core/types';
import type { Policy } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { anAttribution } from '../shared/an-attribution';

/** 22 November 2026, noon UTC. */
export const NOON_MS = Date.UTC(2026, 10, 22, 12);

export interface Clock {
  nowMs: number;
}

/** Two tasks on two tiers; the first has a baseline. */
export function twoTasks(): Policy {
  return aPolicy({
    tiers: [aTier({ id: 'small' }), aTier({ id: 'frontier' })],
    tasks: [
      aTask({
        id: 'triage',
        ladder: ['small', 'frontier'],
        baseline: { escalationRate: 0.2, low: 0.19, high: 0.21, n: 10_000, mix: { small: 0.8, frontier: 0.2 } },
      }),
      aTask({ id: 'letters', ladder: ['small', 'frontier'], onSchemaFailures: 'raise' }),
    ],
  });
}

/** The same as somebody writes it, with another baseline of the first task. */
export function twoTasksDocument(escalationRate: number): object {
  const tier = (model: string, price: object) => ({
    provider: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:9/v1',
    model,
    location: 'vpc',
    contextWindow: 32_768,
    price,
  });
  const task = {
    owner: 'support',
    audit: { inputs: 'one e-mail', acceptable: 'a label', consequence: 'low' },
    route: 'direct',
    ladder: ['small', 'frontier'],
    oracle: [{ kind: 'length', min: 1 }],
  };
  const band = { low: escalationRate - 0.01, high: escalationRate + 0.01 };
  const mix = { small: 1 - escalationRate, frontier: escalationRate };
  return {
    schema: 1,
    policy: 'desk',
    owner: 'ai-platform',
    tiers: {
      small: tier('small-model', { input: 0.05, output: 0.1 }),
      frontier: tier('frontier-model', { input: 4, output: 20 }),
    },
    tasks: {
      triage: { ...task, baseline: { escalationRate, ...band, n: 10_000, mix } },
      letters: { ...task, onSchemaFailures: 'raise' },
    },
    default: { task: 'letters' },
  };
}

/** The `n`th record that ever came: alike for the same `n`, and of amounts whose sums depend on their order. */
export function nthRecord(n: number, rest: Partial<Attribution> = {}): Attribution {
  const up = n % 5 === 0 ? 1 : 0;
  return anAttribution({
    requestId: `req-${n}`,
    task: n % 3 === 0 ? 'letters' : 'triage',
    customer: `customer-${n % 4}`,
    tier: up === 1 ? 'frontier' : 'small',
    escalated: up,
    costUsd: 0.1 / (n + 1),
    frontierCostUsd: 0.7 / (n + 1),
    ...rest,
  });
}

/** A store in memory that gives its records as a table does: to be read minute by minute, once they have settled. */
export function aSettlingStore(clock: Clock): Store {
  const store = openMemoryStore({ capacity: 1_000_000, nowMs: () => clock.nowMs });
  const { counted: _, ...attributions } = store.attributions;
  return { ...store, attributions };
}

export interface Published extends Reading {
  readonly atMs: number;
}

export interface Watched {
  readonly watcher: Watcher;
  readonly published: Published[];
  readonly found: string[];
}

/** A watcher of a store, and what it says. */
export function aWatcher(store: WatcherPorts['store'], clock: Clock, ports: Partial<WatcherPorts> = {}): Watched {
  const published: Published[] = [];
  const found: string[] = [];
  const watcher = createWatcher({
    store,
    policy: async () => ({ policy: twoTasks(), publishedAtMs: 0 }),
    publish: async (readings, atMs) => void published.push(...readings.map((reading) => ({ ...reading, atMs }))),
    infrastructure: { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0.01 } },
    nowMs: () => clock.nowMs,
    onFinding: ({ signal, kind, task }) => found.push([signal, kind, task ?? ''].join(' ')),
    ...ports,
  });
  return { watcher, published, found };
}
