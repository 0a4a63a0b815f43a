import { describe, expect, it } from 'vitest';
import { eraseCustomer } from '../../../bin/commands/erase/erase-customer';
import { foresee } from '../../../bin/commands/erase/foresee';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { likenessOf } from '../../../lib/core/telemetry/likeness';
import { ERASED } from '../../../lib/core/telemetry/rollup/erased';
import { aSettlingStore, type Clock, NOON_MS } from '../../lambda/watch/a-day';
import {
  aRequestOf,
  erase,
  everythingIn,
  figuresOf,
  households,
  marksOf,
  OPTIONS,
  portsOf,
  sumsOf,
  traffic,
} from './two-customers';

async function aStore(untilMs = NOON_MS - 2 * HOUR_MS): Promise<{ store: Store; clock: Clock }> {
  const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
  const store = aSettlingStore(clock);
  await households(store, clock);
  await traffic(store, clock, untilMs);
  return { store, clock };
}

describe('erasing a customer', () => {
  it('leaves nothing of it, all of the others, and every figure as it was', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    await rollUpStore(store, { nowMs: () => clock.nowMs });
    const before = await figuresOf(store, clock);
    const erasure = await erase(store, clock);
    expect(erasure).toMatchObject({
      customer: 'acme',
      dryRun: false,
      deleted: { records: 18, feedback: 12, sessions: 3, accounts: 2, requestCounts: 1, prompts: 0, keys: 1 },
      renamed: { day: 1, hour: 3, minute: 18 },
      keysRevoked: ['key-of-acme'],
      remaining: { records: 0, feedback: 0, runAgainAfter: '2026-11-22T13:02:00.000Z' },
    });
    const left = await everythingIn(store, clock);
    for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
    for (const mark of marksOf('other')) expect(left).toContain(mark);
    expect(await figuresOf(store, clock)).toEqual(before);
    for (const [, { by, total }] of await sumsOf(store, clock)) {
      expect((by.customer[ERASED]?.requests ?? 0) + (by.customer.other?.requests ?? 0)).toBe(total.requests);
      expect(by.key[ERASED]?.requests).toBe(by.customer[ERASED]?.requests);
    }
  });

  it('tells which hosts have its prompts, and what lies elsewhere', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    const { hosts, notReached } = await erase(store, clock);
    const days = { firstDay: '2026-11-22', lastDay: '2026-11-22' };
    expect(hosts).toEqual([
      { tier: 'small', location: 'vpc', geography: null, retentionDays: 0, calls: 13, ...days },
      { tier: 'frontier', location: 'anywhere', geography: null, retentionDays: null, calls: 5, ...days },
    ]);
    expect(notReached.map(({ what }) => what).join()).toMatch(/Routers that run.*Keys in a file.*copies of the folder/);
    expect(notReached).toContainEqual({
      what: expect.stringMatching(/^Metrics of customers, where .* switched on/),
      afterwards: expect.stringMatching(/^go 15 months after/),
    });
  });

  it('foresees what it does, and changes nothing by that', async () => {
    const { store, clock } = await aStore(NOON_MS);
    const before = [await everythingIn(store, clock), await store.states.read('rollup')];
    const foreseen = await foresee(OPTIONS, portsOf(store, clock));
    expect([await everythingIn(store, clock), await store.states.read('rollup')]).toEqual(before);
    expect(await store.erasure.traces()).toEqual([]);
    const { deleted, renamed, remaining, hosts, keysRevoked } = await erase(store, clock);
    expect(foreseen).toMatchObject({ dryRun: true, deleted, renamed, hosts, keysRevoked });
    expect(foreseen.remaining).toMatchObject({ records: remaining.records, feedback: remaining.feedback });
  });

  it('leaves what sums may still be made of, says until when, and takes it then', async () => {
    const { store, clock } = await aStore(NOON_MS + 20 * MINUTE_MS);
    const before = await figuresOf(store, clock);
    const first = await erase(store, clock);
    // Of 12:00 and 12:10, and of 11:50, in which a question may stand that is asked again at noon.
    expect(first).toMatchObject({ deleted: { records: 29, keys: 1 }, remaining: { records: 3, feedback: 2 } });
    expect(first.remaining.runAgainAfter).toBe('2026-11-22T13:02:00.000Z');
    expect(await everythingIn(store, clock)).toContain('acme');
    clock.nowMs = Date.parse(first.remaining.runAgainAfter ?? '');
    const second = await erase(store, clock);
    expect(second).toMatchObject({
      deleted: { records: 3, feedback: 2 },
      remaining: { records: 0, runAgainAfter: null },
    });
    const left = await everythingIn(store, clock);
    for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
    expect(await figuresOf(store, clock)).toEqual(before);
  });

  it('counts no figure anew of what is gone, though the watch comes back after days and adds the hour up once more', async () => {
    const { store, clock } = await aStore(NOON_MS + 30 * MINUTE_MS);
    const before = await figuresOf(store, clock);
    await erase(store, clock);
    clock.nowMs += 2.5 * DAY_MS;
    await rollUpStore(store, { nowMs: () => clock.nowMs });
    expect(await figuresOf(store, clock)).toEqual(before);
  });

  it('loses no question that is asked again', async () => {
    const likeness = likenessOf(
      [{ role: 'user', content: 'Where does the parcel lie that you sent on Monday?' }],
      'acme',
    );
    const asked = async (erases: boolean) => {
      const clock = { nowMs: NOON_MS - 3 * HOUR_MS };
      const store = aSettlingStore(clock);
      await store.attributions.put(aRequestOf('other', 1));
      const ask = (n: number) => {
        const time = new Date(clock.nowMs).toISOString();
        const record = aRequestOf('acme', n, { time, likeness });
        const { session: _, ...nameless } = record;
        return store.attributions.put(nameless);
      };
      clock.nowMs = NOON_MS - 5 * MINUTE_MS;
      await ask(1);
      clock.nowMs = NOON_MS + 2 * MINUTE_MS;
      await rollUpStore(store, { nowMs: () => clock.nowMs });
      clock.nowMs += MINUTE_MS;
      await ask(2);
      if (erases) await erase(store, clock);
      clock.nowMs += HOUR_MS;
      await rollUpStore(store, { nowMs: () => clock.nowMs });
      const days = (await sumsOf(store, clock)).filter(([from]) => from === '2026-11-22');
      return days.map(([, { total }]) => total.askedAgain);
    };
    expect([await asked(false), await asked(true)]).toEqual([[1], [1]]);
  });

  it('adds up first what nobody has, so that no sum lacks it', async () => {
    const clock = { nowMs: NOON_MS - 30 * HOUR_MS };
    const store = aSettlingStore(clock);
    for (const n of [1, 2, 3]) {
      await store.attributions.put(aRequestOf('acme', n));
      clock.nowMs += HOUR_MS;
    }
    clock.nowMs = NOON_MS;
    expect(await erase(store, clock)).toMatchObject({ deleted: { records: 3 }, remaining: { records: 0 } });
    const days = (await sumsOf(store, clock)).filter(([from]) => from.length === 'YYYY-MM-DD'.length);
    expect(days.map(([from, { total, by }]) => [from, total.requests, by.customer[ERASED]?.requests])).toEqual([
      ['2026-11-21', 3, 3],
    ]);
  });

  it('finds what came before anything was added up', async () => {
    const clock = { nowMs: NOON_MS - 2 * DAY_MS };
    const store = aSettlingStore(clock);
    await store.attributions.put(aRequestOf('acme', 1));
    clock.nowMs = NOON_MS;
    await rollUpStore(store, { nowMs: () => clock.nowMs });
    expect((await erase(store, clock)).deleted.records).toBe(1);
  });

  it('by itself goes by the sums, and looks through every minute where that is asked', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    await rollUpStore(store, { nowMs: () => clock.nowMs });
    let looks = 0;
    const attributions: Store['attributions'] = {
      ...store.attributions,
      arrived: (minute, after) => {
        looks += 1;
        return store.attributions.arrived(minute, after);
      },
    };
    const countLooks = async (options: Partial<typeof OPTIONS>) => {
      looks = 0;
      await foresee({ ...OPTIONS, ...options }, portsOf({ ...store, attributions }, clock));
      return looks;
    };
    const bySums = await countLooks({});
    expect(bySums).toBeLessThan(3 * 60 + 10);
    expect(await countLooks({ customer: 'nobody' })).toBeLessThan(10);
    expect(await countLooks({ thorough: true })).toBeGreaterThan(5 * 60 - 10);
  });

  it('replaces names of keys that only the records tell of', async () => {
    const clock = { nowMs: NOON_MS - 30 * HOUR_MS };
    const store = aSettlingStore(clock);
    await store.attributions.put(aRequestOf('acme', 1, { keyId: 'key-in-a-file' }));
    clock.nowMs = NOON_MS;
    await erase(store, clock);
    expect(JSON.stringify(await sumsOf(store, clock))).not.toContain('key-in-a-file');
  });

  it('has nothing to do for a stranger, and says so', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    const before = await everythingIn(store, clock);
    const { deleted, renamed, remaining } = await erase(store, clock, { customer: 'stranger' });
    expect(new Set([...Object.values(deleted), ...Object.values(renamed)])).toEqual(new Set([0]));
    expect(remaining).toEqual({ records: 0, feedback: 0, runAgainAfter: null });
    expect(await everythingIn(store, clock)).toBe(before);
  });

  it('leaves a trace that names nobody', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    const { startedAt, finishedAt } = await erase(store, clock, { reason: 'ticket 7' });
    const traces = await store.erasure.traces();
    expect(traces).toMatchObject([
      { author: 'ada', reason: 'ticket 7', startedAt, finishedAt, deleted: { records: 18 }, remaining: { records: 0 } },
    ]);
    expect(traces[0]?.hosts).toHaveLength(2);
    for (const mark of marksOf('acme')) expect(JSON.stringify(traces)).not.toContain(mark);
  });

  it('waits for whoever adds the records up, and says so', async () => {
    const { store, clock } = await aStore();
    clock.nowMs = NOON_MS;
    const found = await store.states.read('rollup');
    const held = { ...(found?.state as object), heldUntilMs: clock.nowMs + 20_000 };
    await store.states.write('rollup', held, found?.revision ?? 0);
    const told: string[] = [];
    const ports = portsOf(store, clock, told);
    expect((await eraseCustomer(OPTIONS, ports)).deleted.records).toBe(18);
    expect(told.filter((line) => line.includes('being added up elsewhere'))).toHaveLength(1);
    expect(clock.nowMs - NOON_MS).toBeGreaterThanOrEqual(20_000);
  });

  it('works on a store in memory too, whose minutes are counted as they come', async () => {
    const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
    const store = openMemoryStore({ nowMs: () => clock.nowMs });
    await traffic(store, clock, NOON_MS - 3 * HOUR_MS);
    clock.nowMs = NOON_MS;
    expect((await erase(store, clock)).deleted.records).toBe(12);
    expect(await everythingIn(store, clock)).not.toContain('acme');
  });
});
