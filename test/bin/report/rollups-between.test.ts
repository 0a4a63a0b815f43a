import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addedUp } from '../../../bin/commands/added-up';
import { type Counted, rollupsBetween } from '../../../bin/commands/rollups-between';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import type { Span } from '../../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { emptyRollup, mergeRollup } from '../../../lib/core/telemetry/rollup/rollup';
import { someSums } from '../../../lib/core/telemetry/rollup/sums';
import { anAttribution } from '../../lambda/shared/an-attribution';

const NOW_MS = Date.UTC(2026, 10, 22, 12, 30, 20);

/** A store in which a record arrived at each of these times, added up as far as `throughMs`; all by its own clock. */
async function storeWith(arrivals: readonly number[], addedUpMs: number) {
  let nowMs = 0;
  const store = openMemoryStore({ nowMs: () => nowMs });
  const sorted = [...arrivals].sort((one, other) => one - other);
  const putUntil = async (endMs: number) => {
    for (let atMs = sorted[0]; atMs !== undefined && atMs < endMs; atMs = sorted[0]) {
      nowMs = atMs;
      await store.attributions.put(anAttribution({ requestId: `r${sorted.length}` }));
      sorted.shift();
    }
  };
  // The memory store counts the minutes as they come and keeps the last of them alone.
  for (const atMs of [...sorted]) {
    if (atMs >= addedUpMs) break;
    await putUntil(atMs + 1);
    nowMs = Math.min(addedUpMs, atMs - (atMs % MINUTE_MS) + MINUTE_MS);
    await rollUpStore(store, { nowMs: () => nowMs });
  }
  nowMs = addedUpMs;
  await rollUpStore(store, { nowMs: () => nowMs });
  await putUntil(Number.POSITIVE_INFINITY);
  return store;
}

async function countedIn(store: Store, fromMs: number, untilMs: number): Promise<Counted & { requests: number }> {
  const found = await store.states.read('rollup');
  const rollup = emptyRollup();
  const wanted = { fromMs, untilMs, addedUp: found?.state as { throughMs: number; sinceMs: number } };
  const counted = await rollupsBetween(store, wanted, NOW_MS, (_, part) => mergeRollup(rollup, part));
  return { ...counted, requests: rollup.total.requests };
}

/** A store whose rollups hold one request in each stretch, and that counts how it is read. */
function countingStore() {
  const reads: string[] = [];
  const rollup = emptyRollup();
  rollup.total = someSums({ requests: 1 });
  const store = {
    rollups: {
      async list(span: Span, from: string, until: string) {
        reads.push(`${span} ${from} ${until}`);
        return [{ from, rollup }];
      },
    },
    attributions: {
      async arrived(minute: string) {
        reads.push(`arrived ${minute}`);
        return { records: [], feedback: [] };
      },
    },
  } as unknown as Store;
  return { store, reads };
}

describe('a period', () => {
  it('of thirty days is read in a handful of lists, and never record by record but for the minutes since', async () => {
    const { store, reads } = countingStore();
    const addedUpTo = { throughMs: Date.UTC(2026, 10, 22, 12, 28), sinceMs: 0 };
    const period = { fromMs: NOW_MS - 30 * DAY_MS, untilMs: NOW_MS, addedUp: addedUpTo };
    const counted = await rollupsBetween(store, period, NOW_MS, () => {});
    expect(reads).toEqual([
      'hour 2026-10-23T12 2026-10-24T00',
      'day 2026-10-24 2026-11-22',
      'hour 2026-11-22T00 2026-11-22T12',
      'minute 2026-11-22T12:00 2026-11-22T12:28',
      'arrived 2026-11-22T12:28',
      'arrived 2026-11-22T12:29',
      'arrived 2026-11-22T12:30',
    ]);
    expect(counted).toEqual({ fromMs: Date.UTC(2026, 9, 23, 12), untilMs: NOW_MS, notes: [] });
  });

  it('of a year is held in memory a month at a time', async () => {
    const { store, reads } = countingStore();
    const period = { fromMs: NOW_MS - 365 * DAY_MS, untilMs: NOW_MS, addedUp: { throughMs: NOW_MS, sinceMs: 0 } };
    await rollupsBetween(store, period, NOW_MS, () => {});
    expect(reads.filter((read) => read.startsWith('day'))).toHaveLength(12);
    expect(reads.length).toBeLessThan(20);
  });

  it('in which the watch has stopped says what is missing, and reads no more than two hours of records', async () => {
    const { store, reads } = countingStore();
    const throughMs = Date.UTC(2026, 10, 22, 9);
    const period = { fromMs: NOW_MS - DAY_MS, untilMs: NOW_MS, addedUp: { throughMs, sinceMs: 0 } };
    const { notes } = await rollupsBetween(store, period, NOW_MS, () => {});
    expect(reads.filter((read) => read.startsWith('arrived'))).toHaveLength(120);
    expect(notes).toEqual([
      'What came from 2026-11-22T09:00:00.000Z to 2026-11-22T10:31:00.000Z is not added up and is missing here: does the watch run?',
    ]);
  });

  it('holds every request that arrived in it once, wherever it begins, ends, and is added up to', async () => {
    const ago = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 * 24 * 60 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(ago, { maxLength: 12 }),
        ago,
        ago,
        fc.integer({ min: 0, max: 14 }),
        async (arrivedAgo, one, other, behind) => {
          const nowMinuteMs = NOW_MS - (NOW_MS % MINUTE_MS);
          const arrivals = arrivedAgo.map((minutes) => nowMinuteMs - minutes * MINUTE_MS);
          const store = await storeWith(arrivals, nowMinuteMs - behind * MINUTE_MS);
          const [fromMs, untilMs] = [Math.max(one, other), Math.min(one, other)].map(
            (minutes) => nowMinuteMs - minutes * MINUTE_MS,
          );
          if (fromMs === undefined || untilMs === undefined) throw new Error('a period has two ends');
          const { requests } = await countedIn(store, fromMs, untilMs);
          expect(requests).toBe(arrivals.filter((atMs) => atMs >= fromMs && atMs < untilMs).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begins with the first request where it reaches back before it', async () => {
    const firstMs = NOW_MS - (NOW_MS % MINUTE_MS) - 5 * HOUR_MS;
    const store = await storeWith([firstMs, firstMs + HOUR_MS], NOW_MS);
    const { fromMs, requests } = await countedIn(store, NOW_MS - 7 * DAY_MS, NOW_MS);
    expect([new Date(fromMs).toISOString(), requests]).toEqual([new Date(firstMs).toISOString(), 2]);
  });

  it('is widened to what is kept of a time that is long ago', async () => {
    const { store } = countingStore();
    const widened = async (fromAgo: number, untilAgo: number) => {
      const period = { fromMs: NOW_MS - fromAgo * DAY_MS, untilMs: NOW_MS - untilAgo * DAY_MS };
      const addedUpTo = { throughMs: NOW_MS, sinceMs: 0 };
      const { fromMs, untilMs } = await rollupsBetween(store, { ...period, addedUp: addedUpTo }, NOW_MS, () => {});
      return [fromMs, untilMs].map((ms) => stretchAt('minute', ms));
    };
    expect(await widened(2, 1)).toEqual(['2026-11-20T12:30', '2026-11-21T12:31']);
    expect(await widened(30, 20)).toEqual(['2026-10-23T12:00', '2026-11-02T13:00']);
    expect(await widened(90, 70)).toEqual(['2026-08-24T00:00', '2026-09-14T00:00']);
  });
});

describe('a store', () => {
  it('that nobody watches is added up first', async () => {
    const store = openMemoryStore({ nowMs: () => Date.now() - 5 * MINUTE_MS });
    await store.attributions.put(anAttribution({ requestId: 'one' }));
    const found = await addedUp(store, { store: 'folder' }, { fromMs: Date.now() - DAY_MS }, Date.now());
    expect(found?.throughMs).toBeGreaterThan(Date.now() - 3 * MINUTE_MS);
    expect(found?.sinceMs).toBeLessThan(Date.now() - 4 * MINUTE_MS);
  });

  it('of a deployed stack is left to its watch', async () => {
    const store = openMemoryStore();
    expect(await addedUp(store, { stack: 'Router' }, { fromMs: 0 }, Date.now())).toBeUndefined();
    expect(await store.states.read('rollup')).toBeUndefined();
  });

  it('that may only be read is read', async () => {
    const store = openMemoryStore();
    const { throughMs } = (await rollUpStore(store)) ?? { throughMs: 0 };
    const write = async () => {
      throw new Error('AccessDeniedException');
    };
    const readOnly = { ...store, states: { ...store.states, write } };
    const found = await addedUp(readOnly, { store: 'folder' }, { fromMs: 0 }, Date.now());
    expect(found?.throughMs).toBe(throughMs);
  });
});
