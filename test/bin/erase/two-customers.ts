import { eraseCustomer } from '../../../bin/commands/erase/erase-customer';
import type { EraseOptions, ErasePorts, Erasure } from '../../../bin/commands/erase/erasure';
import { accountOf } from '../../../lambda/router/budgets/accounts';
import { sessionOfRecord } from '../../../lambda/router/session-of-record';
import type { Store } from '../../../lambda/shared/store/port';
import type { Span } from '../../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../lib/core/types';
import type { Budget } from '../../../lib/core/types-policy';
import { someFeedback } from '../../contracts/store/some-feedback';
import { anAttribution } from '../../lambda/shared/an-attribution';
import type { Clock } from '../../lambda/watch/a-day';

/** Who goes, and who stays. */
export const CUSTOMERS = ['acme', 'other'] as const;
type Customer = (typeof CUSTOMERS)[number];

/** No words of English: whatever is found of them is theirs. */
export const marksOf = (customer: Customer) => [customer, `key-of-${customer}`, `session-of-${customer}`];

export const OPTIONS: EraseOptions = {
  customer: 'acme',
  thorough: false,
  author: 'ada',
  policy: undefined,
  kind: 'directory',
};

/** The `n`th request that ever came of a customer. */
export function aRequestOf(customer: Customer, n: number, rest: Partial<Attribution> = {}): Attribution {
  return anAttribution({
    requestId: `${customer}-${n}`,
    customer,
    keyId: `key-of-${customer}`,
    session: `session-of-${customer}-${n % 3}`,
    costUsd: 0.1 / (n + 1),
    frontierCostUsd: 0.7 / (n + 1),
    attempts: [attempt(n % 4 === 0 ? 'frontier' : 'small', 0.1 / (n + 1))],
    ...rest,
  });
}

function attempt(tier: string, costUsd: number) {
  const place = tier === 'small' ? { location: 'vpc', retentionDays: 0 } : { location: 'anywhere' };
  return {
    tier,
    model: tier,
    outcome: 'answered',
    because: 'first',
    costUsd,
    startedAtMs: 0,
    latencyMs: 1,
    ...place,
  } as const;
}

/** One request of each every ten minutes until then, some with a word on them, added up as they come. */
export async function traffic(store: Store, clock: Clock, untilMs: number, first = 0): Promise<number> {
  let n = first;
  while (clock.nowMs < untilMs) {
    for (const customer of CUSTOMERS) {
      const record = aRequestOf(customer, n, { time: new Date(clock.nowMs).toISOString() });
      await store.attributions.put(record);
      await keepSession(store, record, clock);
      if (n % 3 !== 0) continue;
      const { requestId, keyId, task } = record;
      const word = someFeedback({ requestId, customer, task, ...(keyId !== undefined && { keyId }) });
      await store.attributions.putFeedback(word);
      await store.attributions.putFeedback({ ...word, outcome: 'rejected', downstreamUsd: 0.1 / 3 });
    }
    n += 1;
    clock.nowMs += 10 * MINUTE_MS;
    await rollUpStore(store, { nowMs: () => clock.nowMs });
  }
  return n;
}

async function keepSession(store: Store, record: Attribution, clock: Clock): Promise<void> {
  const key = sessionOfRecord(record);
  const standing = { tier: 'small', contextTokens: 1, atMs: clock.nowMs };
  if (key !== undefined) await store.sessions.put(key, standing, clock.nowMs + HOUR_MS);
}

/** Keys and accounts of both, and an account of all. */
export async function households(store: Store, clock: Clock): Promise<void> {
  for (const customer of CUSTOMERS) {
    const keyId = `key-of-${customer}`;
    const createdAt = new Date(clock.nowMs).toISOString();
    await store.keys.add({ id: keyId, hash: `hash-of-${customer}`, customer, operator: false, createdAt });
    await store.keys.countRequest(keyId, clock.nowMs, 10);
    for (const scope of ['customer', 'key', 'all'] as const) {
      const budget: Budget = {
        id: `own-${scope}`,
        scope,
        limitUsd: 5,
        period: 'day',
        onExhausted: 'refuse',
        reserve: 'expected',
      };
      const account = accountOf(budget, { customer, keyId, task: 'triage' }, clock.nowMs);
      await store.budgets.settle(account, { usd: 0, untilMs: clock.nowMs }, 0.5, clock.nowMs);
    }
  }
}

export function portsOf(store: Store, clock: Clock, told: string[] = []): ErasePorts {
  return {
    store,
    nowMs: () => clock.nowMs,
    pause: async (ms) => {
      clock.nowMs += ms;
    },
    tell: (line) => void told.push(line),
  };
}

export function erase(store: Store, clock: Clock, options: Partial<EraseOptions> = {}): Promise<Erasure> {
  return eraseCustomer({ ...OPTIONS, ...options }, portsOf(store, clock));
}

const SPANS: readonly Span[] = ['minute', 'hour', 'day'];
/** Widely around the traffic of any test. */
const AROUND_MS = 30 * 24 * HOUR_MS;

export async function sumsOf({ rollups }: Store, clock: Clock): Promise<readonly (readonly [string, Rollup])[]> {
  const lists = await Promise.all(
    SPANS.map((span) =>
      rollups.list(span, stretchAt(span, clock.nowMs - AROUND_MS), stretchAt(span, clock.nowMs + AROUND_MS)),
    ),
  );
  return lists.flat().map(({ from, rollup }) => [from, rollup]);
}

/** What nobody's erasure may change: sums as a whole, by everything that is no name, and of who stays. */
export async function figuresOf(store: Store, clock: Clock): Promise<unknown> {
  return (await sumsOf(store, clock)).map(([from, { total, by, tasks, places }]) => {
    const { customer, key, ...splits } = by;
    return [from, total, splits, tasks, customer.other, key['key-of-other'], places.other];
  });
}

/** Everything that a store tells by its ports, as text, save policies and traces. */
export async function everythingIn(store: Store, clock: Clock): Promise<string> {
  const counts: unknown[] = [];
  for await (const count of store.erasure.counts()) counts.push(count);
  const arrived: unknown[] = [];
  for (let atMs = clock.nowMs - 12 * HOUR_MS; atMs <= clock.nowMs; atMs += MINUTE_MS) {
    arrived.push(await store.attributions.arrived(stretchAt('minute', atMs)));
  }
  const sessions: string[] = [];
  for (const customer of CUSTOMERS) {
    for (const n of [0, 1, 2]) {
      const key = sessionOfRecord(aRequestOf(customer, n)) ?? '';
      if ((await store.sessions.find(key, 0)) !== undefined) sessions.push(`session-of-${customer}`);
    }
  }
  return JSON.stringify([await store.keys.list(), counts, arrived, sessions, await sumsOf(store, clock)]);
}
