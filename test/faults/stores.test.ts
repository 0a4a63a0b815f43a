import { describe, expect, it } from 'vitest';
import type { BudgetStore } from '../../lambda/shared/store/budget-port';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import { answering } from '../fixtures/hosts/script';
import { SHORT, type WorldPlan, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const { budgets: MEMORY } = openMemoryStore();
const never = (): Promise<never> => new Promise(() => {});

function planOf(budgets: BudgetStore): WorldPlan {
  return {
    tiers: [{ script: [WHOLE] }],
    policy: { budgets: [{ scope: 'customer', limitUsd: 1, period: 'month' }] },
    store: { budgets },
  };
}

describe.concurrent('a store of budgets', () => {
  it('that never says whether there is room holds no request beyond its deadline, and no tier is called', async (test) => {
    const tiers = [{ script: [WHOLE], tier: { timeouts: SHORT } }];
    const { ask, stream, hosts } = await world({ ...planOf({ ...MEMORY, reserve: never }), tiers }, test);
    for (const heard of await Promise.all([ask(), stream()])) {
      expect(heard.status).toBe(503);
      expect(heard.error?.code).toBe('tiers_unavailable');
    }
    expect(hosts[0]?.seen).toHaveLength(0);
  });

  it('that cannot be reached is the caller’s 503 with a record, and no tier is called', async (test) => {
    const reserve = (): Promise<never> => Promise.reject(new Error('the table is gone'));
    const { ask, stream, hosts } = await world(planOf({ ...MEMORY, reserve }), test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 503, error: { code: 'tiers_unavailable' }, attempts: [] });
      expect(heard.record).toMatchObject({ status: 503, error: 'tiers_unavailable', costUsd: 0 });
    }
    expect(hosts[0]?.seen).toHaveLength(0);
  });

  it('that is lost between two attempts loses none of what the first has cost', async (test) => {
    let reserved = 0;
    const reserve: BudgetStore['reserve'] = (account, hold, nowMs) => {
      reserved += 1;
      return reserved === 1 ? MEMORY.reserve(account, hold, nowMs) : Promise.reject(new Error('the table is gone'));
    };
    const empty = answering({ text: '' });
    const { ask } = await world(
      { ...planOf({ ...MEMORY, reserve }), tiers: [{ script: [empty], tier: { retries: 1 } }] },
      test,
    );
    const heard = await ask();
    expect(heard).toMatchObject({ status: 503, attempts: ['first t0 empty'] });
    expect(heard.record?.costUsd).toBeCloseTo((12 * 1 + 7 * 2) / 1e6, 12);
  });

  it('that never takes what was spent holds no answer back', async (test) => {
    const { ask, stream } = await world(planOf({ ...MEMORY, settle: never }), test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 200, text: 'one two three' });
      expect(heard.elapsedMs).toBeLessThan(8000);
    }
  });
});
