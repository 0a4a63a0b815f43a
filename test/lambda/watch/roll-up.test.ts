import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../lambda/shared/store/directory';
import { openDynamoDbStore } from '../../../lambda/shared/store/dynamodb';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import type { Span } from '../../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { likenessOf } from '../../../lib/core/telemetry/likeness';
import { emptyRollup, mergeRollup, type Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { type DeployedTables, startDynamoDb } from '../../fixtures/dynamodb';
import { aSettlingStore, type Clock, NOON_MS, nthRecord } from './a-day';

/** When the last of the traffic has settled. */
const SETTLED_MS = 3 * MINUTE_MS;

async function listed({ rollups }: Store, span: Span): Promise<readonly { from: string; rollup: Rollup }[]> {
  return rollups.list(span, stretchAt(span, NOON_MS - 30 * DAY_MS), stretchAt(span, NOON_MS + 30 * DAY_MS));
}

async function sumOf(store: Store, span: Span): Promise<Rollup> {
  const sum = emptyRollup();
  for (const { rollup } of await listed(store, span)) mergeRollup(sum, rollup);
  return sum;
}

/** Records put one after the other, so many in each minute. */
async function come(store: Store, clock: Clock, minutes: number, perMinute: number, first = 0): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    const ids = Array.from({ length: perMinute }, (_, index) => first + minute * perMinute + index);
    await Promise.all(ids.map((n) => store.attributions.put(nthRecord(n, { costUsd: 0.25 }))));
    clock.nowMs += MINUTE_MS;
  }
}

describe('adding up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-watch-'));
  let tables: DeployedTables;
  let count = 0;
  beforeAll(async () => {
    tables = await startDynamoDb();
  });
  afterAll(async () => {
    await tables.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const STORES: readonly [string, (nowMs: () => number) => Promise<Store>][] = [
    ['in memory', async (nowMs) => openMemoryStore({ nowMs, capacity: 20 })],
    ['in a folder', async (nowMs) => openDirectoryStore(join(folder, `${count++}`), { nowMs })],
    ['in DynamoDB', async (nowMs) => openDynamoDbStore({ ...tables.tables, client: tables.client, nowMs })],
  ];

  it.each(STORES)('counts every request once, by minute, hour or day, of a store %s', async (_name, open) => {
    const clock: Clock = { nowMs: NOON_MS - 4 * MINUTE_MS };
    const store = await open(() => clock.nowMs);
    const writers = Array.from({ length: 3 }, (_, writer) => come(store, { ...clock }, 1, 20, writer * 20));
    await Promise.all(writers);
    await come(store, clock, 8, 30, 60);
    clock.nowMs += SETTLED_MS;
    // As many as want to are at it, and each again and again.
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => rollUpStore(store, { nowMs: () => clock.nowMs })));
    }
    for (const span of ['minute', 'hour', 'day'] as const) {
      const { total, by } = await sumOf(store, span);
      expect([span, total.requests, total.costUsd]).toEqual([span, 300, 75]);
      expect((by.task.letters?.requests ?? 0) + (by.task.triage?.requests ?? 0)).toBe(300);
      expect(by.customer['customer-1']?.requests).toBe(75);
    }
    expect((await listed(store, 'hour')).map(({ from }) => from)).toEqual(['2026-11-22T11', '2026-11-22T12']);
    await store.close();
  });
});

describe('adding up what settles', () => {
  const clock: Clock = { nowMs: NOON_MS };
  const nowMs = () => clock.nowMs;
  const begin = async (atMs = NOON_MS): Promise<Store> => {
    clock.nowMs = atMs;
    return aSettlingStore(clock);
  };

  it('waits until a minute is complete', async () => {
    const store = await begin();
    await come(store, clock, 1, 10);
    clock.nowMs += 119_999;
    await rollUpStore(store, { nowMs });
    expect((await sumOf(store, 'minute')).total.requests).toBe(0);
    clock.nowMs += 1;
    await rollUpStore(store, { nowMs });
    expect((await sumOf(store, 'minute')).total.requests).toBe(10);
  });

  it('has hour and day up to date while they last', async () => {
    const store = await begin();
    for (let round = 1; round <= 3; round += 1) {
      await come(store, clock, 5, 2, round * 10);
      clock.nowMs += SETTLED_MS;
      await rollUpStore(store, { nowMs });
      for (const span of ['hour', 'day'] as const) expect((await sumOf(store, span)).total.requests).toBe(round * 10);
    }
  });

  it('catches up with days, and writes nothing for a time in which nothing came', async () => {
    const store = await begin();
    await rollUpStore(store, { nowMs });
    await come(store, clock, 3, 5);
    clock.nowMs += 2 * DAY_MS;
    await come(store, clock, 3, 5, 100);
    clock.nowMs += SETTLED_MS;
    await rollUpStore(store, { nowMs });
    for (const span of ['minute', 'hour', 'day'] as const) expect((await sumOf(store, span)).total.requests).toBe(30);
    expect((await listed(store, 'minute')).map(({ from }) => from.slice(8))).toEqual([
      '22T12:00',
      '22T12:01',
      '22T12:02',
      '24T12:03',
      '24T12:04',
      '24T12:05',
    ]);
    expect(await listed(store, 'hour')).toHaveLength(2);
    expect(await listed(store, 'day')).toHaveLength(2);
  });

  it('finds what came before it was installed, as far back as it is told to look, and says since when there is something', async () => {
    const store = await begin(NOON_MS - 5 * HOUR_MS);
    await come(store, clock, 2, 5);
    clock.nowMs = NOON_MS;
    expect(await rollUpStore(store, { nowMs, firstLookMs: DAY_MS })).toEqual({
      sinceMs: NOON_MS - 5 * HOUR_MS,
      throughMs: NOON_MS - 2 * MINUTE_MS,
    });
    expect((await sumOf(store, 'day')).total.requests).toBe(10);
    const other = await begin(NOON_MS);
    expect(await rollUpStore(other, { nowMs })).toEqual({
      sinceMs: NOON_MS - 2 * MINUTE_MS,
      throughMs: NOON_MS - 2 * MINUTE_MS,
    });
  });

  it('counts a word of feedback in the minute in which it came, and takes back what it takes the place of', async () => {
    const store = await begin();
    await come(store, clock, 1, 1);
    const about = { requestId: 'req-0', task: 'letters', tier: 'small', upRouted: 0, escalated: 0 } as const;
    const say = (outcome: 'accepted' | 'rejected') =>
      store.attributions.putFeedback({ ...about, outcome, time: new Date(clock.nowMs).toISOString() });
    await say('rejected');
    clock.nowMs += MINUTE_MS;
    await say('accepted');
    clock.nowMs += SETTLED_MS;
    await rollUpStore(store, { nowMs });
    const told = (await listed(store, 'minute')).map(({ rollup: { total } }) => [total.told, total.toldGood]);
    expect(told).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect((await sumOf(store, 'hour')).total).toMatchObject({ requests: 1, told: 1, toldGood: 1 });
  });

  it('counts a question that is asked again once, whether one run sees both or each has its own', async () => {
    const likeness = likenessOf([{ role: 'user', content: 'Where is the invoice of October that I paid?' }], 'acme');
    const who = { customer: 'acme', feature: 'search', userTier: 'gold', model: 'small-model' };
    const ask = (store: Store, n: number) =>
      store.attributions.put(nthRecord(n, { likeness, ...who, task: 'triage', time: new Date(nowMs()).toISOString() }));
    const counts: unknown[] = [];
    for (const isSeparate of [false, true]) {
      const store = await begin();
      await ask(store, 1);
      clock.nowMs += 4 * MINUTE_MS;
      if (isSeparate) await rollUpStore(store, { nowMs });
      await ask(store, 2);
      clock.nowMs += 9 * MINUTE_MS;
      if (isSeparate) await rollUpStore(store, { nowMs });
      await ask(store, 3);
      clock.nowMs += 11 * MINUTE_MS;
      await ask(store, 4);
      clock.nowMs += SETTLED_MS;
      await rollUpStore(store, { nowMs });
      const { total, by } = await sumOf(store, 'day');
      const rows = [by.task.triage, by.feature.search, by['user-tier'].gold, by.model['small-model']];
      counts.push([total, ...rows].map((sums) => sums?.askedAgain));
    }
    expect(counts).toEqual([
      [2, 2, 2, 2, 2],
      [2, 2, 2, 2, 2],
    ]);
  });
});
