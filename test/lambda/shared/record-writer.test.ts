import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRecordWriter } from '../../../lambda/shared/record-writer';
import type { AttributionStore } from '../../../lambda/shared/store/attribution-port';
import { openDynamoDbStore } from '../../../lambda/shared/store/dynamodb';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Attribution } from '../../../lib/core/types';
import { dynamoDbClient, startDynamoDb } from '../../fixtures/dynamodb';
import { anAttribution } from './an-attribution';

type Put = AttributionStore['put'];

const requestIds = (count: number) => Array.from({ length: count }, (_, index) => `req-${index}`);

/** A store that fails where `fails` says so, by the number of the call. */
function flakyStore(fails: (call: number) => boolean) {
  const { attributions } = openMemoryStore();
  const stored: string[] = [];
  let calls = 0;
  const put: Put = async (record: Attribution) => {
    const call = calls;
    calls += 1;
    await Promise.resolve();
    if (fails(call)) throw new Error(`call ${call} failed`);
    const result = await attributions.put(record);
    stored.push(`${record.requestId} ${result}`);
    return result;
  };
  return { store: { put }, stored, calls: () => calls };
}

describe('the record writer', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('stores what it is given, behind the caller', async () => {
    const { store, stored } = flakyStore(() => false);
    const writer = createRecordWriter({ store, onFailure: () => {} });
    for (const requestId of requestIds(20)) writer.record(anAttribution({ requestId }));

    expect(stored).toEqual([]);
    expect(writer.pending()).toBe(20);
    expect(await writer.flush(1000)).toBe(0);
    expect(stored).toEqual(requestIds(20).map((id) => `${id} stored`));
  });

  it('has nothing to flush when nothing was recorded', async () => {
    const writer = createRecordWriter({ store: flakyStore(() => false).store, onFailure: () => {} });
    expect(await writer.flush(0)).toBe(0);
  });

  it('neither loses nor doubles a record over a store that fails five times', async () => {
    vi.useFakeTimers();
    const { store, stored } = flakyStore((call) => call < 5);
    const failures: number[] = [];
    const writer = createRecordWriter({ store, concurrency: 2, onFailure: (_, pending) => failures.push(pending) });
    for (const requestId of requestIds(10)) writer.record(anAttribution({ requestId }));

    await vi.advanceTimersByTimeAsync(60_000);
    expect(stored.sort()).toEqual(requestIds(10).map((id) => `${id} stored`));
    expect(failures).toEqual([10, 10, 10, 10, 10]);
    expect(writer.pending()).toBe(0);
  });

  it('stores every record once, whichever writes fail', async () => {
    vi.useFakeTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        async (count, concurrency, failing) => {
          const { store, stored } = flakyStore((call) => failing[call] ?? false);
          const writer = createRecordWriter({ store, concurrency, onFailure: () => {} });
          for (const requestId of requestIds(count)) writer.record(anAttribution({ requestId }));
          await vi.advanceTimersByTimeAsync(700_000);
          expect(stored.sort()).toEqual(
            requestIds(count)
              .map((id) => `${id} stored`)
              .sort(),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('waits longer after each failure in a row, ten seconds at most, and begins anew after a success', async () => {
    vi.useFakeTimers();
    const times: number[] = [];
    const { store } = flakyStore((call) => {
      times.push(Date.now());
      return call < 9 || call === 10;
    });
    const writer = createRecordWriter({ store, random: () => 1, onFailure: () => {} });
    writer.record(anAttribution({ requestId: 'one' }));
    await vi.advanceTimersByTimeAsync(60_000);
    writer.record(anAttribution({ requestId: 'two' }));
    await vi.advanceTimersByTimeAsync(60_000);

    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.slice(0, 9)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    expect(pauses[10]).toBe(100);
  });

  it('jitters its pauses between half and the whole', async () => {
    vi.useFakeTimers();
    const { store, calls } = flakyStore((call) => call === 0);
    createRecordWriter({ store, random: () => 0, onFailure: () => {} }).record(anAttribution({ requestId: 'one' }));
    await vi.advanceTimersByTimeAsync(49);
    expect(calls()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls()).toBe(2);
  });

  it('never has more writes in flight than it may', async () => {
    let inFlight = 0;
    let most = 0;
    const put: Put = async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight -= 1;
      return 'stored';
    };
    const writer = createRecordWriter({ store: { put }, concurrency: 3, onFailure: () => {} });
    for (const requestId of requestIds(12)) writer.record(anAttribution({ requestId }));
    await writer.flush(1000);
    expect(most).toBe(3);
  });

  it('is not stopped by a record that never goes in', async () => {
    vi.useFakeTimers();
    const { attributions } = openMemoryStore();
    const put: Put = (record) =>
      record.requestId === 'poison' ? Promise.reject(new Error('too large')) : attributions.put(record);
    const told: string[] = [];
    const onFailure = (error: unknown) => told.push(String(error));
    const onRecovery = () => told.push('over');
    const writer = createRecordWriter({ store: { put }, concurrency: 1, onFailure, onRecovery });
    for (const requestId of ['poison', 'one', 'two']) writer.record(anAttribution({ requestId }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual(['Error: too large']);

    expect(await attributions.get('one')).toBeDefined();
    expect(await attributions.get('two')).toBeDefined();
    expect(writer.pending()).toBe(1);
  });

  it('tells of each cause once while it lasts, then that it is over, and anew when it comes back', async () => {
    vi.useFakeTimers();
    const { attributions } = openMemoryStore();
    const said: string[] = [];
    let failure: ((id: string) => Error) | undefined = (id) =>
      Object.assign(new Error(`open ${id}`), { code: 'EPERM' });
    const put: Put = async (record) => {
      if (failure !== undefined) throw failure(record.requestId);
      return attributions.put(record);
    };
    const writer = createRecordWriter({
      store: { put },
      onFailure: (error, pending) => said.push(`${(error as Error).message}, ${pending} wait`),
      onRecovery: (pending) => said.push(`over, ${pending} wait`),
    });
    for (const requestId of requestIds(12)) writer.record(anAttribution({ requestId }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['open req-0, 12 wait']);
    failure = (id) => Object.assign(new Error(`write ${id}`), { code: 'ENOSPC' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said.splice(0)).toHaveLength(2);
    failure = undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said.splice(0)).toEqual(['over, 11 wait']);
    failure = () => Object.assign(new Error('again'), { code: 'EPERM' });
    writer.record(anAttribution({ requestId: 'late' }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['again, 1 wait']);
  });

  it('survives a store that throws at once, and a reporter that throws', async () => {
    let down = true;
    const { attributions } = openMemoryStore();
    const put: Put = (record) => {
      if (down) throw new Error('down');
      return attributions.put(record);
    };
    const onFailure = () => {
      throw new Error('the log is full');
    };
    const writer = createRecordWriter({ store: { put }, onFailure });
    expect(() => writer.record(anAttribution({ requestId: 'one' }))).not.toThrow();
    expect(await writer.flush(20)).toBe(1);
    down = false;
    expect(await writer.flush(1000)).toBe(0);
    expect(await attributions.get('one')).toBeDefined();
  });

  it('gives up waiting at the deadline of a flush, says what is left, and goes on writing', async () => {
    vi.useFakeTimers();
    const { store, stored } = flakyStore((call) => call < 4);
    const writer = createRecordWriter({ store, random: () => 1, onFailure: () => {} });
    writer.record(anAttribution({ requestId: 'one' }));
    const flushed = writer.flush(150);
    await vi.advanceTimersByTimeAsync(150);
    expect(await flushed).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stored).toEqual(['one stored']);
  });

  it('does not sit out its pause when it is flushed', async () => {
    vi.useFakeTimers();
    const { store } = flakyStore((call) => call < 7);
    const writer = createRecordWriter({ store, random: () => 1, onFailure: () => {} });
    writer.record(anAttribution({ requestId: 'one' }));
    await vi.advanceTimersByTimeAsync(100 + 200 + 400 + 800 + 1600 + 3200);
    const flushed = writer.flush(1000);
    await vi.advanceTimersByTimeAsync(1);
    expect(await flushed).toBe(0);
  });

  it('keeps every record while a real table is down, and stores each once when it is back', async () => {
    const path = await mkdtemp(join(tmpdir(), 'tierwise-dynamodb-'));
    let database = await startDynamoDb({ path });
    const client = dynamoDbClient(database.endpoint, 1);
    const { attributions } = openDynamoDbStore({ ...database.tables, client });
    const failures: unknown[] = [];
    const writer = createRecordWriter({ store: attributions, onFailure: (error) => failures.push(error) });
    try {
      for (const requestId of requestIds(10)) writer.record(anAttribution({ requestId }));
      expect(await writer.flush(10_000)).toBe(0);

      // Some of these are on their way when the database goes.
      for (const requestId of requestIds(30).slice(10)) writer.record(anAttribution({ requestId }));
      await database.stop();
      for (const requestId of requestIds(40).slice(30)) writer.record(anAttribution({ requestId }));
      expect(await writer.flush(300)).toBeGreaterThanOrEqual(10);
      expect(failures.length).toBeGreaterThan(0);

      database = await startDynamoDb({ path, port: database.port });
      expect(await writer.flush(20_000)).toBe(0);
      const records = await Promise.all(requestIds(40).map((requestId) => attributions.get(requestId)));
      expect(records.map((record) => record?.requestId)).toEqual(requestIds(40));
    } finally {
      client.destroy();
      await database.stop();
      await rm(path, { recursive: true });
    }
  });
});
