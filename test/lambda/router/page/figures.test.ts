import { describe, expect, it } from 'vitest';
import { FigureReader, type Figures } from '../../../../lambda/router/page/figures';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { Store } from '../../../../lambda/shared/store/port';
import { stretchAt } from '../../../../lambda/shared/store/stretch';
import { rollUpStore } from '../../../../lambda/watch/watcher';
import { HOUR_MS, MINUTE_MS } from '../../../../lib/core/durations';
import { addRecord, emptyRollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { seeded, stagedRecord } from './staged-traffic';

const NOON = Date.parse('2026-11-22T12:00:00.000Z');

interface World {
  readonly store: Store;
  readonly clock: { nowMs: number };
  readonly reader: FigureReader;
  /** Requests that came at that moment. */
  come(atMs: number, count?: number): Promise<void>;
  /** Writes the sum of a minute, and of the hour and day it lies in, as the watch function does. */
  addUp(minute: string, count: number): Promise<void>;
}

function world(nowMs = NOON): World {
  const clock = { nowMs };
  const store = openMemoryStore({ nowMs: () => clock.nowMs });
  const random = seeded(3);
  return {
    store,
    clock,
    reader: new FigureReader({ ...store, nowMs: () => clock.nowMs }),
    async come(atMs, count = 1) {
      const before = clock.nowMs;
      clock.nowMs = atMs;
      for (let each = 0; each < count; each++) await store.attributions.put(stagedRecord(atMs, random));
      clock.nowMs = before;
    },
    async addUp(minute, count) {
      const rollup = emptyRollup();
      for (let each = 0; each < count; each++) addRecord(rollup, stagedRecord(Date.parse(`${minute}:00Z`), random));
      await store.rollups.write('minute', minute, rollup);
    },
  };
}

const totals = ({ minutes, hours, days }: Figures): number[] =>
  [minutes, hours, days].map((list) => list.reduce((sum, { rollup }) => sum + rollup.total.requests, 0));

describe('the figures of the page', () => {
  it('are 60 minutes, 24 hours and 30 days, the open one last', async () => {
    const { minutes, hours, days, addedUpToMs, latest, live } = await world().reader.read();
    expect([minutes.length, hours.length, days.length]).toEqual([60, 24, 30]);
    expect([minutes.at(-1)?.from, hours.at(-1)?.from, days.at(-1)?.from]).toEqual([
      '2026-11-22T12:00',
      '2026-11-22T12',
      '2026-11-22',
    ]);
    expect([addedUpToMs, latest, live]).toEqual([null, [], true]);
  });

  it('count what came and has no sum yet, at once', async () => {
    const { reader, come } = world(NOON + 30_000);
    await come(NOON - 5 * MINUTE_MS, 3);
    await come(NOON + 10_000, 2);
    expect(totals(await reader.read())).toEqual([5, 5, 5]);
  });

  it('count nothing twice that has been added up as well', async () => {
    const { reader, come, addUp } = world(NOON + 30_000);
    await come(NOON - 8 * MINUTE_MS, 4);
    await addUp(stretchAt('minute', NOON - 8 * MINUTE_MS), 4);
    const figures = await reader.read(NOON - 7 * MINUTE_MS);
    expect(totals(figures)).toEqual([4, 4, 4]);
    expect(figures.addedUpToMs).toBe(NOON - 7 * MINUTE_MS);
  });

  it('take the sum of an hour from its minutes until it is surely whole', async () => {
    const { reader, store, clock, addUp } = world(NOON + 5 * MINUTE_MS);
    await addUp('2026-11-22T11:20', 7);
    const partly = emptyRollup();
    addRecord(partly, stagedRecord(NOON, seeded(9)));
    await store.rollups.write('hour', '2026-11-22T11', partly);
    await store.rollups.write('day', '2026-11-22', partly);
    expect((await reader.read()).hours.at(-2)?.rollup.total.requests).toBe(7);
    clock.nowMs = NOON + 20 * MINUTE_MS;
    expect((await reader.read()).hours.at(-2)?.rollup.total.requests).toBe(1);
  });

  it('see more in an open minute as it comes', async () => {
    const { reader, clock, come } = world(NOON + 10_000);
    await come(NOON + 5000);
    expect(totals(await reader.read())[0]).toBe(1);
    await come(NOON + 12_000);
    clock.nowMs = NOON + 15_000;
    expect(totals(await reader.read())[0]).toBe(2);
  });

  it('read a minute that is over once, and the open ones again', async () => {
    const { store, clock } = world(NOON + 10_000);
    const asked: string[] = [];
    const arrived = (minute: string, after?: string) => {
      asked.push(minute);
      return store.attributions.arrived(minute, after);
    };
    const reader = new FigureReader({ rollups: store.rollups, attributions: { arrived }, nowMs: () => clock.nowMs });
    await reader.read(NOON - 3 * MINUTE_MS);
    expect(asked).toHaveLength(4);
    asked.length = 0;
    await reader.read();
    expect(asked).toHaveLength(11);
    asked.length = 0;
    clock.nowMs += 3000;
    await reader.read();
    expect(asked.sort()).toEqual(['2026-11-22T11:58', '2026-11-22T11:59', '2026-11-22T12:00']);
  });

  it('say so where more comes than is counted live, and still show the last decisions', async () => {
    const clock = { nowMs: NOON + 30_000 };
    const random = seeded(5);
    const page = Array.from({ length: 1000 }, () => stagedRecord(NOON, random));
    let pages = 0;
    const reader = new FigureReader({
      rollups: { list: async () => [] },
      attributions: {
        arrived: async (minute) => {
          if (minute !== '2026-11-22T12:00') return { records: [], feedback: [] };
          pages += 1;
          return { records: page, feedback: [], next: 'more' };
        },
      },
      nowMs: () => clock.nowMs,
    });
    const figures = await reader.read();
    expect(pages).toBe(4);
    expect(figures.live).toBe(false);
    expect(figures.latest).toHaveLength(40);
    expect(totals(figures)).toEqual([0, 0, 0]);
  });

  it('find the last decisions of a quiet hour, newest first', async () => {
    const { reader, come, addUp } = world(NOON + 30_000);
    await come(NOON - 40 * MINUTE_MS);
    await addUp(stretchAt('minute', NOON - 40 * MINUTE_MS), 1);
    await come(NOON - 2 * MINUTE_MS);
    const times = (await reader.read()).latest.map(({ time }) => time);
    expect(times).toEqual(['2026-11-22T11:58:00.000Z', '2026-11-22T11:20:00.000Z']);
  });

  it('are as many as came, however far the watch has got', async () => {
    const { store, clock, reader, come } = world(NOON - 3 * HOUR_MS);
    const random = seeded(11);
    const { counted: _, ...attributions } = store.attributions;
    const watched = { ...store, attributions };
    let through: number | undefined;
    let came = 0;
    while (clock.nowMs < NOON) {
      clock.nowMs += Math.floor(random() * 8 * MINUTE_MS);
      const count = Math.floor(random() * 4);
      await come(clock.nowMs, count);
      came += count;
      if (random() < 0.6) through = (await rollUpStore(watched, { nowMs: () => clock.nowMs }))?.throughMs;
      const late = clock.nowMs - (through ?? NOON - 3 * HOUR_MS) > 14 * MINUTE_MS;
      if (!late) expect(totals(await reader.read(through)).slice(1)).toEqual([came, came]);
    }
    expect(came).toBeGreaterThan(30);
  });
});
