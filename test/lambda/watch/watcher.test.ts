import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import { WATCH_AUTHOR } from '../../../lambda/watch/raises';
import { DAY_MS, MINUTE_MS } from '../../../lib/core/durations';
import type { Attribution } from '../../../lib/core/types';
import { aSettlingStore, aWatcher, type Clock, NOON_MS, nthRecord, twoTasks, type Watched } from './a-day';

const FIVE_MS = 5 * MINUTE_MS;

/** So many records of a task in each of so many minutes; the watch runs every five. */
class Day {
  readonly clock: Clock;
  readonly store: Store;
  readonly watched: Watched;
  private count = 0;

  constructor(ports: Parameters<typeof aWatcher>[2] = {}, startMs = NOON_MS) {
    this.clock = { nowMs: startMs };
    this.store = aSettlingStore(this.clock);
    this.watched = aWatcher(this.store, this.clock, ports);
  }

  async come(minutes: number, perMinute: number, record: Partial<Attribution> = {}, isWatched = true): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (let index = 0; index < perMinute; index += 1) {
        await this.store.attributions.put(nthRecord(this.count++, { task: 'triage', ...record }));
      }
      this.clock.nowMs += MINUTE_MS;
      if (isWatched && this.clock.nowMs % FIVE_MS === 0) await this.watched.watcher.run();
    }
  }

  values(name: string, about: { readonly task?: string } = {}): [minute: number, value: number][] {
    return this.watched.published
      .filter((one) => one.name === name && one.task === about.task)
      .map(({ atMs, value }) => [(atMs - NOON_MS) / MINUTE_MS, value]);
  }
}

const BROKEN = {
  task: 'letters',
  attempts: [{ tier: 'small', model: 'm', outcome: 'answered', verdict: { oracle: 'json-schema', pass: false } }],
} as unknown as Partial<Attribution>;

describe('the watch', () => {
  it('publishes each five minutes once, under the time at which they began', async () => {
    const day = new Day();
    await day.come(30, 20);
    const rates = day.values('EscalationRate', { task: 'triage' });
    expect(rates).toEqual([0, 5, 10, 15, 20].map((minute) => [minute, 0.2]));
    expect(day.values('NetSavingUsd').map(([minute]) => minute)).toEqual([0, 5, 10, 15, 20]);
    expect(await day.watched.watcher.run()).toMatchObject({ standing: 'done', evaluations: 0 });
  });

  it('beats once for each run that comes to its end, at the time of the run', async () => {
    const day = new Day();
    await day.come(10, 1);
    day.clock.nowMs += 17_000;
    await day.watched.watcher.run();
    expect(day.values('WatchHeartbeat').map(([minute]) => minute)).toEqual([5, 10, 10 + 17 / 60]);
  });

  it('catches up with an outage of two days, every five minutes of it', async () => {
    const day = new Day();
    await day.come(10, 20);
    await day.come(30, 20, {}, false);
    day.clock.nowMs += 2 * DAY_MS;
    await day.watched.watcher.run();
    const [minutes, days] = [2 * 24 * 60, day.values('EscalationRate', { task: 'triage' })];
    expect(days.map(([minute]) => minute)).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
    expect(day.values('NetSavingUsd')).toHaveLength((40 + minutes) / 5 - 1);
    expect((await day.store.rollups.read('day', '2026-11-22'))?.total.requests).toBe(800);
  });

  it('does what there is time for, and the rest next time', async () => {
    const day = new Day();
    await day.come(10, 2);
    await day.come(120, 2, {}, false);
    let calls = 0;
    await day.watched.watcher.run(() => ++calls > 3);
    const some = (await day.store.rollups.read('day', '2026-11-22'))?.total.requests ?? 0;
    expect(some).toBeGreaterThan(20);
    expect(some).toBeLessThan(250);
    await day.watched.watcher.run();
    expect((await day.store.rollups.read('day', '2026-11-22'))?.total.requests).toBe(256);
    expect(day.values('NetSavingUsd')).toHaveLength(25);
  });

  it('does not publish what CloudWatch takes no more, but adds it up', async () => {
    const day = new Day();
    await day.come(10, 20);
    await day.come(20, 20, {}, false);
    day.clock.nowMs += 20 * DAY_MS;
    await day.watched.watcher.run();
    const oldest = day.values('NetSavingUsd').find(([minute]) => minute > 10)?.[0] ?? 0;
    expect(day.clock.nowMs - (NOON_MS + oldest * MINUTE_MS)).toBeLessThanOrEqual(13 * DAY_MS + 2 * FIVE_MS);
    expect((await day.store.rollups.read('day', '2026-11-22'))?.total.requests).toBe(600);
  });

  it('counts the cost of its own hours from its first minute on, and not before', async () => {
    const day = new Day();
    await day.come(15, 0);
    const each = -0.01 / 12;
    expect(day.values('NetSavingUsd')).toEqual([
      [0, expect.closeTo(each, 12)],
      [5, expect.closeTo(each, 12)],
    ]);
  });

  it('tells of a drift when it begins, and not again while it lasts', async () => {
    const day = new Day();
    await day.come(20, 100);
    await day.come(40, 100, { escalated: 1, tier: 'frontier' });
    expect(day.watched.found.filter((text) => text.startsWith('EscalationExcess'))).toEqual([
      'EscalationExcess above triage',
    ]);
    const excess = day.values('EscalationExcess', { task: 'triage' });
    expect(excess.slice(0, 4).map(([, value]) => value)).toEqual([0, 0, 0, 0]);
    expect(excess.at(-1)?.[1]).toBeGreaterThan(3);
  });

  it('adds up what came, and fails, while the policy in force cannot be read', async () => {
    const day = new Day({
      policy: async () => {
        throw new Error('policy version 7 cannot be used');
      },
    });
    await day.come(4, 10, {}, false);
    await expect(day.watched.watcher.run()).rejects.toThrow('policy version 7');
    expect((await day.store.rollups.read('hour', '2026-11-22T12'))?.total.requests).toBe(20);
    expect(day.watched.published).toEqual([]);
  });

  it('holds nothing to a policy that there is not yet', async () => {
    const day = new Day({ policy: async () => undefined });
    await day.come(20, 1);
    expect(new Set(day.watched.published.map(({ name }) => name))).toEqual(new Set(['WatchHeartbeat']));
  });

  it('judges by a baseline only what came since it was published', async () => {
    let publishedAtMs = NOON_MS + 40 * MINUTE_MS;
    const policy = twoTasks();
    const day = new Day({ policy: async () => ({ policy, publishedAtMs }) });
    await day.come(30, 100);
    const judged = () => day.watched.published.some(({ name }) => name === 'TierMixDeviation');
    expect(judged()).toBe(false);
    publishedAtMs = NOON_MS + 20 * MINUTE_MS;
    const other = new Day({ policy: async () => ({ policy, publishedAtMs }) });
    await other.come(40, 100);
    const minutes = other.values('TierMixDeviation', { task: 'triage' }).map(([minute]) => minute);
    expect(Math.min(...minutes)).toBe(20);
  });

  it('of several at once lets one work, and the figures are those of one', async () => {
    const day = new Day();
    const others = Array.from({ length: 4 }, () => aWatcher(day.store, day.clock));
    for (let round = 0; round < 6; round += 1) {
      await day.come(5, 20, {}, false);
      const runs = await Promise.all([day.watched, ...others].map(({ watcher }) => watcher.run()));
      expect(runs.filter(({ standing }) => standing === 'done')).toHaveLength(1);
    }
    const published = [day.watched, ...others]
      .flatMap((one) => one.published)
      .filter(({ name }) => name === 'EscalationRate');
    expect(published.map(({ atMs }) => (atMs - NOON_MS) / MINUTE_MS).sort((one, other) => one - other)).toEqual([
      0, 5, 10, 15, 20,
    ]);
    expect((await day.store.rollups.read('hour', '2026-11-22T12'))?.total.requests).toBe(28 * 20);
  });

  it('takes its minutes as they end from a store in memory whose records have made way', async () => {
    const clock = { nowMs: NOON_MS };
    const store = openMemoryStore({ capacity: 10, nowMs: () => clock.nowMs });
    const { watcher, published } = aWatcher(store, clock);
    for (let minute = 0; minute < 12; minute += 1) {
      for (let index = 0; index < 40; index += 1)
        await store.attributions.put(nthRecord(minute * 40 + index, { task: 'triage' }));
      clock.nowMs += MINUTE_MS;
      await watcher.run();
    }
    expect((await store.rollups.read('day', '2026-11-22'))?.total.requests).toBe(480);
    expect(published.filter(({ name }) => name === 'EscalationRate').map(({ value }) => value)).toEqual([0.2, 0.2]);
  });
});

describe('a task that is raised', () => {
  it('is so from the second evaluation that finds broken schemas, and says why', async () => {
    const day = new Day();
    await day.come(7, 100, BROKEN);
    expect(await day.store.switches.active(day.clock.nowMs)).toEqual([]);
    await day.come(8, 100, BROKEN);
    expect(await day.store.switches.active(day.clock.nowMs)).toEqual([
      {
        kind: 'task-raised',
        task: 'letters',
        rungs: 1,
        author: WATCH_AUTHOR,
        atMs: NOON_MS + 15 * MINUTE_MS,
        reason: 'its answers broke their schema at 2026-11-22T12:10:00.000Z',
      },
    ]);
  });

  it('stays so when the answers are sound again, until a person acknowledges it', async () => {
    const day = new Day();
    await day.come(20, 100, BROKEN);
    await day.come(90, 100, { task: 'letters' });
    expect(await day.store.switches.active(day.clock.nowMs)).toHaveLength(1);
    const by = { author: 'ada', reason: 'the prompt is mended', atMs: day.clock.nowMs };
    await day.store.switches.clear({ kind: 'task-raised', name: 'letters' }, by);
    await day.come(30, 100, { task: 'letters' });
    expect(await day.store.switches.active(day.clock.nowMs)).toEqual([]);
    const actions = (await day.store.switches.history()).map(({ action, author }) => [action, author]);
    expect(actions).toEqual([
      ['cleared', 'ada'],
      ['set', WATCH_AUTHOR],
    ]);
  });

  it('is raised anew by what comes after that, not by what came before', async () => {
    const day = new Day();
    await day.come(20, 100, BROKEN);
    const by = { author: 'ada', reason: 'mended, I hope', atMs: day.clock.nowMs };
    await day.store.switches.clear({ kind: 'task-raised', name: 'letters' }, by);
    await day.come(10, 0);
    expect(await day.store.switches.active(day.clock.nowMs)).toEqual([]);
    await day.come(20, 100, BROKEN);
    expect(await day.store.switches.active(day.clock.nowMs)).toMatchObject([{ kind: 'task-raised', task: 'letters' }]);
  });

  it('is raised no more once another policy is published', async () => {
    let publishedAtMs = 0;
    const policy = twoTasks();
    const day = new Day({ policy: async () => ({ policy, publishedAtMs }) });
    await day.come(20, 100, BROKEN);
    publishedAtMs = day.clock.nowMs;
    await day.come(10, 0);
    expect(await day.store.switches.active(day.clock.nowMs)).toEqual([]);
    expect((await day.store.switches.history())[0]).toMatchObject({ action: 'cleared', author: WATCH_AUTHOR });
  });
});
