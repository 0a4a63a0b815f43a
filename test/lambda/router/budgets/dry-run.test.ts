import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../../../lambda/router/budgets/accounts';
import { createBudgets } from '../../../../lambda/router/budgets/budgets';
import type { BudgetStore } from '../../../../lambda/shared/store/budget-port';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { Store } from '../../../../lambda/shared/store/port';
import { dryRun, prepare, type RoutePorts, route } from '../../../../lib/core/route';
import type { Decision } from '../../../../lib/core/types';
import type { AnswerCache } from '../../../../lib/core/types-live';
import type { Budget, Task } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { SOME_USAGE, scriptedProvider } from '../../../fixtures/scripted-provider';

const NOW = Date.UTC(2026, 10, 22, 12);
/** Dollars for a token: ten are expected, so a call is $0.01 on the first, $0.1 on the second and $1 on the third. */
const TIERS = [1000, 10_000, 100_000].map((output, at) =>
  aTier({
    id: `t${at}`,
    prices: [{ kind: 'tokens', input: 0, output, uplift: 1 }],
    maxOutputTokens: 100,
  }),
);

function aBudget(budget: Partial<Budget> = {}): Budget {
  const defaults = { scope: 'all', limitUsd: 1, period: 'month', onExhausted: 'refuse', reserve: 'expected' } as const;
  return { id: 'budget', ...defaults, ...budget };
}

interface Desk {
  readonly budgets: readonly Budget[];
  readonly task?: Partial<Task>;
  readonly answers?: AnswerCache;
}

/** The same request asked dry and live of one router. */
async function deskOver(store: BudgetStore, { budgets, task, answers }: Desk) {
  const prepared = await prepare(
    aPolicy({
      tiers: TIERS,
      tasks: [aTask({ id: 'task', ladder: ['t0', 't1', 't2'], expectedOutputTokens: 10, ...task })],
      budgets,
    }),
  );
  const act = [{ say: 'hello', usage: { ...SOME_USAGE, inputTokens: 0, outputTokens: 10 } }];
  const provider = scriptedProvider({ t0: act, t1: act, t2: act });
  const kept = createBudgets({ store, nowMs: () => NOW, onFailure: () => {} });
  let requests = 0;
  const ports: RoutePorts = {
    providers: { 'openai-compatible': provider },
    budgets: kept,
    nowMs: () => NOW,
    random: () => 0,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${++requests}`,
    ...(answers && { answers }),
  };
  const arrivalOf = (model: string) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }], temperature: 0 });
    return { incoming: { headers: {}, body }, caller: {}, left: new AbortController().signal };
  };
  return {
    provider,
    dry: (model = 'auto'): Promise<Decision> => dryRun(arrivalOf(model), prepared, ports),
    async live(model = 'auto') {
      const { response, attribution } = await route(arrivalOf(model), prepared, ports);
      const record = await attribution;
      await kept.flush(1000);
      return { status: response.status, headers: response.headers, record };
    },
  };
}

/** What is kept of a budget before the request comes. */
async function spend(store: BudgetStore, budget: Budget, usd: number): Promise<void> {
  const account = accountOf(budget, { task: 'task' }, NOW);
  await store.settle(account, { usd: 0, untilMs: NOW }, usd, NOW);
}

describe('a dry run', () => {
  let store: Store;
  beforeAll(() => {
    store = openMemoryStore();
  });
  afterAll(() => store.close());

  it('is refused where the answer would be: by whom, and why no tier was chosen', async () => {
    const budget = aBudget({ id: 'refusing', limitUsd: 0.05 });
    const { dry, live, provider } = await deskOver(store.budgets, { budgets: [budget], task: { start: 't1' } });
    const decision = await dry();
    expect(decision).toMatchObject({
      tier: null,
      reason: 'refused',
      ladder: [],
      expected: { costUsd: 0 },
      refusal: { code: 'budget_exceeded', message: expect.stringContaining('Budget "refusing" has no room') },
      excluded: [
        { tier: 't0', reason: 'budget', detail: expect.stringContaining('not asked in place of t1') },
        { tier: 't1', reason: 'budget', detail: 'budget "refusing" has no room for it' },
        { tier: 't2', reason: 'budget' },
      ],
    });
    const { status, headers, record } = await live();
    expect([status, headers['x-tierwise-reason'], headers['x-tierwise-attempts']]).toEqual([429, 'refused', '0']);
    expect(headers['x-should-retry']).toBe('false');
    expect(record).toMatchObject({ status: 429, error: 'budget_exceeded', reason: 'refused', attempts: [] });
    expect(record?.decision).toEqual(decision);
    expect(provider.calls).toEqual([]);
  });

  it('begins where a budget that downgrades can still pay', async () => {
    const budget = aBudget({ id: 'downgrading', limitUsd: 0.05, onExhausted: 'downgrade' });
    const { dry, live } = await deskOver(store.budgets, { budgets: [budget], task: { start: 't2' } });
    const decision = await dry();
    expect(decision).toMatchObject({ tier: 't0', reason: 'guarded', ladder: ['t0'] });
    expect(decision.excluded.map(({ tier, reason }) => [tier, reason])).toEqual([
      ['t1', 'budget'],
      ['t2', 'budget'],
    ]);
    expect((await live()).record?.decision).toEqual(decision);
  });

  it.each(['refuse', 'downgrade'] as const)(
    'of a pinned tier is refused by a budget that says %s',
    async (onExhausted) => {
      const budget = aBudget({ id: `pinned-${onExhausted}`, limitUsd: 0.5, onExhausted });
      const { dry, live } = await deskOver(store.budgets, { budgets: [budget] });
      const decision = await dry('tier:t2');
      expect(decision).toMatchObject({
        tier: null,
        refusal: { code: 'budget_exceeded' },
        excluded: [{ tier: 't2', reason: 'budget' }],
      });
      expect((await live('tier:t2')).record?.decision).toEqual(decision);
      expect(await dry('tier:t1')).toMatchObject({ tier: 't1', reason: 'pinned' });
    },
  );

  it('reads each account once, writes none, and sets nothing aside', async () => {
    const asked: string[] = [];
    const watched: BudgetStore = {
      reserve: () => Promise.reject(new Error('a dry run sets nothing aside')),
      settle: () => Promise.reject(new Error('a dry run books nothing')),
      read: async (account) => {
        asked.push(account);
        return { spentUsd: 0.9, heldUsd: 0.06 };
      },
    };
    const budgets = [aBudget({ id: 'one', onExhausted: 'downgrade' }), aBudget({ id: 'two', scope: 'task' })];
    const { dry } = await deskOver(watched, { budgets, task: { start: 't2' } });
    expect(await dry()).toMatchObject({ tier: 't0' });
    expect(asked).toEqual(['one#all#2026-11', 'two#task#2026-11']);
  });

  it('is refused as the answer would be while nobody can look at the budgets', async () => {
    const down = (): Promise<never> => Promise.reject(new Error('down'));
    const budgets = [aBudget({ id: 'down' })];
    const { dry, live } = await deskOver({ reserve: down, settle: down, read: down }, { budgets });
    expect(await dry()).toMatchObject({ tier: null, refusal: { code: 'tiers_unavailable', retryAfterMs: 5000 } });
    const { status, headers, record } = await live();
    expect([status, headers['retry-after'], record?.error]).toEqual([503, '5', 'tiers_unavailable']);
    expect(record?.decision.excluded).toMatchObject([{ tier: 't0', reason: 'budget' }]);
  });

  it('asks no budget for an answer that is kept', async () => {
    const kept = { text: '{}', tier: 't0', model: 'm', costUsd: 1, untilMs: NOW + 1 };
    const answers: AnswerCache = { find: () => kept, keep: () => {} };
    const budget = aBudget({ id: 'kept', limitUsd: 0.001 });
    const task = { cache: { ttlSeconds: 60, anyTemperature: false } };
    expect(await (await deskOver(store.budgets, { budgets: [budget], task, answers })).dry()).toMatchObject({
      tier: 't0',
    });
    expect(await (await deskOver(store.budgets, { budgets: [budget], task })).dry()).toMatchObject({ tier: null });
  });

  it('is the decision of the request that follows it, whatever the budgets are and have left', async () => {
    const budget = fc.record({
      limitUsd: fc.constantFrom(0, 0.009, 0.01, 0.05, 0.1, 0.5, 1, 20),
      spentShare: fc.constantFrom(0, 0.3, 0.95, 1, 1.2),
      onExhausted: fc.constantFrom('refuse' as const, 'downgrade' as const),
      reserve: fc.constantFrom('expected' as const, 'worst' as const),
    });
    const scene = fc.record({
      budgets: fc.array(budget, { minLength: 1, maxLength: 3 }),
      start: fc.constantFrom('t0', 't1', 't2'),
      model: fc.constantFrom('auto', 'auto', 'tier:t1'),
    });
    let rounds = 0;
    const check = fc.asyncProperty(scene, async ({ budgets: written, start, model }) => {
      rounds += 1;
      const budgets = written.map(({ limitUsd, onExhausted, reserve }, at) =>
        aBudget({ id: `any-${rounds}-${at}`, limitUsd, onExhausted, reserve }),
      );
      for (const [at, one] of budgets.entries()) {
        await spend(store.budgets, one, one.limitUsd * (written[at]?.spentShare ?? 0));
      }
      const { dry, live } = await deskOver(store.budgets, { budgets, task: { start } });
      const decision = await dry(model);
      const { status, record } = await live(model);
      expect(record?.decision).toEqual(decision);
      expect(status).toBe(decision.tier === null ? 429 : 200);
      expect(record?.attempts.map(({ tier }) => tier)).toEqual(decision.tier === null ? [] : [decision.tier]);
    });
    await fc.assert(check, { numRuns: 150 });
  });
});
