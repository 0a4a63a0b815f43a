import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../../../lambda/router/budgets/accounts';
import { createBudgets } from '../../../../lambda/router/budgets/budgets';
import type { BudgetStore } from '../../../../lambda/shared/store/budget-port';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { Store } from '../../../../lambda/shared/store/port';
import { type Arrival, prepare, type Routed, type RoutePorts, route } from '../../../../lib/core/route';
import type { Usage } from '../../../../lib/core/types';
import type { Budget, Policy } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { type Act, SOME_USAGE, scriptedProvider } from '../../../fixtures/scripted-provider';

const NOW = Date.UTC(2026, 10, 22, 12);
const HELLO = { model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] };
/** Dollars for a token, so that sums are easy to see. */
const TIERS = [
  aTier({ id: 'cheap', prices: [{ kind: 'tokens', input: 0, output: 1000, uplift: 1 }], maxOutputTokens: 100 }),
  aTier({ id: 'dear', prices: [{ kind: 'tokens', input: 0, output: 10_000, uplift: 1 }], maxOutputTokens: 100 }),
];

function aBudget(budget: Partial<Budget> = {}): Budget {
  const defaults = { scope: 'all', limitUsd: 1, period: 'month', onExhausted: 'refuse', reserve: 'expected' } as const;
  return { id: 'budget', ...defaults, ...budget };
}

/** A policy that begins at the dear tier and expects ten tokens: $0.10 there, $0.01 at the cheap one. */
function policyWith(budgets: readonly Budget[], start = 'dear'): Policy {
  const task = aTask({ id: 'task', ladder: ['cheap', 'dear'], start, expectedOutputTokens: 10 });
  return aPolicy({ tiers: TIERS, tasks: [task], budgets });
}

const usage = (outputTokens: number): Usage => ({ ...SOME_USAGE, inputTokens: 0, outputTokens });

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly costUsd: number;
  readonly tiers: readonly string[];
}

/** Requests that share one store, as those of one router do. */
function routerOver(
  store: BudgetStore,
  policy: Policy,
  acts: Readonly<Record<string, readonly Act[]>>,
  nowMs = () => NOW,
) {
  const provider = scriptedProvider(acts);
  const budgets = createBudgets({ store, nowMs, onFailure: () => {} });
  const prepared = prepare(policy);
  let requests = 0;
  const ports: RoutePorts = {
    providers: { 'openai-compatible': provider },
    budgets,
    nowMs,
    random: () => 0,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${++requests}`,
  };
  return {
    provider,
    budgets,
    async send(body: object = HELLO, caller: Arrival['caller'] = {}): Promise<Sent> {
      const incoming = { headers: {}, body: JSON.stringify(body) };
      const routed = await route({ incoming, caller, left: new AbortController().signal }, await prepared, ports);
      const text = await textOf(routed);
      const record = await routed.attribution;
      const { status, headers } = routed.response;
      return {
        status,
        headers,
        text,
        costUsd: record?.costUsd ?? 0,
        tiers: record?.attempts.map(({ tier }) => tier) ?? [],
      };
    },
  };
}

async function textOf({ response }: Routed): Promise<string> {
  if (typeof response.body === 'string') return response.body;
  let text = '';
  for await (const bytes of response.body) text += Buffer.from(bytes).toString();
  return text;
}

describe('budgets', () => {
  let store: Store;
  beforeAll(() => {
    store = openMemoryStore();
  });
  afterAll(() => store.close());

  async function spentOf(budget: Budget, spender = { task: 'task' }): Promise<number> {
    return (await store.budgets.read(accountOf(budget, spender, NOW).id, NOW)).spentUsd;
  }

  it('book what answers really cost, streamed or not', async () => {
    const budget = aBudget({ id: 'real-cost' });
    const { send, budgets } = routerOver(store.budgets, policyWith([budget]), {
      dear: [{ say: 'hello', usage: usage(3) }],
    });
    const whole = await send();
    const streamed = await send({ ...HELLO, stream: true });
    await budgets.flush(1000);
    expect([whole.status, streamed.status]).toEqual([200, 200]);
    expect(await spentOf(budget)).toBeCloseTo(0.06, 9);
  });

  it('count where a stream tells no usage', async () => {
    const budget = aBudget({ id: 'no-usage' });
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' } as const;
    const chunks = [
      { ...chunk, choices: [{ index: 0, delta: { content: 'x'.repeat(40) } }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' as const }] },
    ];
    const { send, budgets } = routerOver(store.budgets, policyWith([budget]), { dear: [{ chunks }] });
    await send({ ...HELLO, stream: true });
    await budgets.flush(1000);
    expect(await spentOf(budget)).toBeCloseTo(0.1, 9);
  });

  it('refuse without a call what they have no room for, and tell clients not to try again', async () => {
    const budget = aBudget({ id: 'small', limitUsd: 0.05 });
    const { send, provider } = routerOver(store.budgets, policyWith([budget]), { dear: [{ say: 'hello' }] });
    const { status, text, headers, tiers } = await send();
    expect(status).toBe(429);
    expect(JSON.parse(text).error).toMatchObject({ code: 'budget_exceeded' });
    expect(headers['x-should-retry']).toBe('false');
    expect([tiers, provider.calls]).toEqual([[], []]);
  });

  it('let a request go where they can still pay, if they say so', async () => {
    const budget = aBudget({ id: 'downgrading', limitUsd: 0.05, onExhausted: 'downgrade' });
    const { send } = routerOver(store.budgets, policyWith([budget]), {
      cheap: [{ say: 'hello' }],
      dear: [{ say: 'no' }],
    });
    const { status, headers, tiers } = await send();
    expect([status, tiers]).toEqual([200, ['cheap']]);
    expect(headers['x-tierwise-reason']).toBe('guarded');
  });

  it('downgrade within the guards alone: a tier that the prompt may not reach stays out', async () => {
    const budget = aBudget({ id: 'guarded', limitUsd: 0.05, onExhausted: 'downgrade' });
    const tiers = TIERS.map((tier) => (tier.id === 'cheap' ? { ...tier, location: 'anywhere' as const } : tier));
    const task = aTask({
      id: 'task',
      ladder: ['cheap', 'dear'],
      start: 'dear',
      expectedOutputTokens: 10,
      residency: 'vpc',
    });
    const policy = aPolicy({ tiers, tasks: [task], budgets: [budget] });
    const { send, provider } = routerOver(store.budgets, policy, { cheap: [{ say: 'leaked' }] });
    expect((await send()).status).toBe(429);
    expect(provider.calls).toEqual([]);
  });

  it('keep customers apart', async () => {
    const budget = aBudget({ id: 'per-customer', scope: 'customer', limitUsd: 0.15 });
    const { send } = routerOver(store.budgets, policyWith([budget]), { dear: [{ say: 'hello', usage: usage(10) }] });
    const statuses = [];
    for (const customer of ['acme', 'acme', 'zenith']) statuses.push((await send(HELLO, { customer })).status);
    expect(statuses).toEqual([200, 429, 200]);
  });

  it('bind all together: one without room gives back what another has set aside', async () => {
    const wide = aBudget({ id: 'wide', limitUsd: 100 });
    const narrow = aBudget({ id: 'narrow', limitUsd: 0.01 });
    const { send, budgets } = routerOver(store.budgets, policyWith([wide, narrow]), { dear: [{ say: 'hello' }] });
    expect((await send()).status).toBe(429);
    await budgets.flush(1000);
    const { id } = accountOf(wide, { task: 'task' }, NOW);
    expect(await store.budgets.read(id, NOW)).toEqual({ spentUsd: 0, heldUsd: 0 });
  });

  it('stop requests while nobody can look at them', async () => {
    const down: BudgetStore = {
      reserve: () => Promise.reject(new Error('down')),
      settle: () => Promise.reject(new Error('down')),
      read: () => Promise.reject(new Error('down')),
    };
    const { send, provider } = routerOver(down, policyWith([aBudget()]), { dear: [{ say: 'hello' }] });
    const { status, headers } = await send();
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect(provider.calls).toEqual([]);
  });

  it('have their room back once what a crashed process had set aside has expired', async () => {
    const budget = aBudget({ id: 'crashed', limitUsd: 0.15 });
    const acts = { dear: [{ say: 'hello', usage: usage(10) }] };
    const crashed = createBudgets({ store: store.budgets, nowMs: () => NOW, onFailure: () => {} });
    await crashed.open([budget], { task: 'task' })?.reserve({ expectedUsd: 0.1, worstUsd: 1 });
    expect((await routerOver(store.budgets, policyWith([budget]), acts).send()).status).toBe(429);
    const later = routerOver(store.budgets, policyWith([budget]), acts, () => NOW + 30 * 60_000);
    expect((await later.send()).status).toBe(200);
  });

  it('that others empty again and again are asked a few times, and not for ever', async () => {
    let asked = 0;
    const contended: BudgetStore = {
      reserve: async () => {
        asked += 1;
        if (asked > 1000) throw new Error('asked for ever');
        return { held: false, roomUsd: 1 };
      },
      settle: async () => {},
      read: async () => ({ spentUsd: 0, heldUsd: 0 }),
    };
    const budget = aBudget({ id: 'contended', limitUsd: 1, onExhausted: 'downgrade' });
    const { send } = routerOver(contended, policyWith([budget]), { dear: [{ say: 'hello' }] });
    expect((await send()).status).toBe(429);
    expect(asked).toBeLessThan(20);
  });

  it('keep what is set aside for as long as its call may take', async () => {
    const budget = aBudget({ id: 'patient', limitUsd: 0.15 });
    const open = (nowMs: number) =>
      createBudgets({ store: store.budgets, nowMs: () => nowMs, onFailure: () => {} }).open([budget], { task: 'task' });
    await open(NOW)?.reserve({ expectedUsd: 0.1, worstUsd: 1 }, 60 * 60_000);
    const meanwhile = await open(NOW + 50 * 60_000)?.reserve({ expectedUsd: 0.1, worstUsd: 1 });
    expect(meanwhile).toMatchObject({ budget: { id: 'patient' } });
  });

  /** Answers that cost from nothing to twice what was expected. */
  const misjudged: readonly Act[] = Array.from({ length: 1000 }, (_, nth) => ({
    say: 'hello',
    usage: usage((nth * 7) % 21),
  }));

  it('are passed by a thousand at once by no more than these were misjudged', async () => {
    const budget = aBudget({ id: 'crowd', limitUsd: 20 });
    const { send, budgets } = routerOver(store.budgets, policyWith([budget]), { dear: misjudged });
    const sent = await Promise.all(Array.from({ length: 1000 }, () => send()));
    await budgets.flush(5000);
    const served = sent.filter(({ status }) => status === 200);
    const misjudgedUsd = served.reduce((sum, { costUsd }) => sum + Math.max(0, costUsd - 0.1), 0);
    const spentUsd = await spentOf(budget);
    expect(sent.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect(served.length).toBeGreaterThanOrEqual(200);
    expect(spentUsd).toBeCloseTo(
      served.reduce((sum, { costUsd }) => sum + costUsd, 0),
      6,
    );
    expect(spentUsd).toBeLessThanOrEqual(20 + misjudgedUsd + 1e-9);
  });

  it('are never passed where they reckon with the worst', async () => {
    const budget = aBudget({ id: 'worst', limitUsd: 20, reserve: 'worst' });
    const { send, budgets } = routerOver(store.budgets, policyWith([budget]), { dear: misjudged });
    for (let round = 0; round < 60; round += 1) await Promise.all(Array.from({ length: 50 }, () => send()));
    await budgets.flush(5000);
    const spentUsd = await spentOf(budget);
    expect(spentUsd).toBeLessThanOrEqual(20);
    expect(spentUsd).toBeGreaterThan(18);
  });
});
