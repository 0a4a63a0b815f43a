import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPolicyRefresher, type PolicyRefresherOptions } from '../../../lambda/shared/policy-refresher';
import { openDynamoDbStore } from '../../../lambda/shared/store/dynamodb';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { PolicyStore } from '../../../lambda/shared/store/policy-port';
import { StoreCorruptError } from '../../../lambda/shared/store/store-refusal';
import { dynamoDbClient, startDynamoDb } from '../../fixtures/dynamodb';

/** What a document is loaded into here: its mark. Documents without one are bad. */
async function load(document: unknown, version: string): Promise<string> {
  const { mark } = document as { mark?: string };
  if (mark === undefined) throw new Error(`version ${version} has no mark`);
  return mark;
}

async function publish(policies: PolicyStore, document: unknown): Promise<number> {
  const expectedActive = (await policies.active())?.version ?? null;
  return (await policies.publish({ document, author: 'ada', message: '', expectedActive })).version;
}

describe('the policy refresher', () => {
  let policies: PolicyStore;
  let store: { active: PolicyStore['active']; read: PolicyStore['read'] };
  let down: boolean;
  let looks: number;
  let loads: string[];
  let refusals: [string, string][];
  let outages: number;

  beforeEach(() => {
    vi.useFakeTimers();
    ({ policies } = openMemoryStore());
    down = false;
    looks = 0;
    loads = [];
    refusals = [];
    outages = 0;
    store = {
      active: async () => {
        looks += 1;
        if (down) throw new Error('no connection');
        return policies.active();
      },
      read: (version) => policies.read(version),
    };
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const refresher = (options: Partial<PolicyRefresherOptions<string>> = {}) =>
    createPolicyRefresher<string>({
      store,
      load: (document, version) => {
        loads.push(version);
        return load(document, version);
      },
      fallback: 'beside the bundle',
      onRefused: (error, version) => refusals.push([version, (error as Error).message]),
      onUnreachable: () => {
        outages += 1;
      },
      ...options,
    });

  it('starts from the fallback and keeps it while the store has none', async () => {
    const policy = refresher();
    expect(policy.current()).toEqual({ loaded: 'beside the bundle', loadedAtMs: Date.now(), checkedAtMs: Date.now() });
    await policy.refreshNow();
    expect(policy.current()?.loaded).toBe('beside the bundle');
    expect(policy.current()).not.toHaveProperty('version');
  });

  it('has nothing without a fallback until the store has', async () => {
    const policy = refresher({ fallback: undefined });
    expect(policy.current()).toBeUndefined();
    await publish(policies, { mark: 'one' });
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'one', version: '1' });
  });

  it('takes over what is published, within the interval and in the background', async () => {
    const policy = refresher({ intervalMs: 10_000 });
    await policy.start();
    await publish(policies, { mark: 'one' });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(policy.current()?.loaded).toBe('beside the bundle');
    await vi.advanceTimersByTimeAsync(1);
    expect(policy.current()).toMatchObject({ loaded: 'one', version: '1', loadedAtMs: Date.now() });

    const loadedAtMs = Date.now();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(policy.current()).toMatchObject({ loadedAtMs, checkedAtMs: Date.now() });
    expect(loads).toEqual(['1']);
    policy.stop();
    await publish(policies, { mark: 'two' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(policy.current()?.loaded).toBe('one');
  });

  it('waits at its start for the first look, and looks no more often for being started twice', async () => {
    await publish(policies, { mark: 'one' });
    const policy = refresher();
    await Promise.all([policy.start(), policy.start()]);
    expect(policy.current()?.loaded).toBe('one');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(2);
    policy.stop();
  });

  it('follows a rollback without loading again', async () => {
    const policy = refresher();
    for (const mark of ['one', 'two']) {
      await publish(policies, { mark });
      await policy.refreshNow();
    }
    await policies.activate(1, 2);
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'one', version: '1' });
    expect(loads).toEqual(['1', '2']);
  });

  it('keeps five versions ready', async () => {
    const policy = refresher();
    for (const mark of ['1', '2', '3', '4', '5', '6']) {
      await publish(policies, { mark });
      await policy.refreshNow();
    }
    await policies.activate(2, 6);
    await policy.refreshNow();
    expect(loads).toHaveLength(6);
    await policies.activate(1, 2);
    await policy.refreshNow();
    expect(policy.current()?.loaded).toBe('1');
    expect(loads).toHaveLength(7);
  });

  it('keeps the last good policy over a bad one, says so once, and does not load it again', async () => {
    const policy = refresher();
    await publish(policies, { mark: 'one' });
    await policy.start();
    const checkedAtMs = Date.now();
    await publish(policies, { nothing: true });
    await vi.advanceTimersByTimeAsync(60_000);

    expect(policy.current()).toMatchObject({ loaded: 'one', version: '1', checkedAtMs });
    expect(policy.current()?.refused).toMatchObject({ version: '2', error: { message: 'version 2 has no mark' } });
    expect(refusals).toEqual([['2', 'version 2 has no mark']]);
    expect(loads).toEqual(['1', '2']);
    policy.stop();
  });

  it('forgets a bad version when a good one is active again', async () => {
    const policy = refresher();
    await publish(policies, { mark: 'one' });
    await policy.refreshNow();
    await publish(policies, {});
    await policy.refreshNow();
    await policies.activate(1, 2);
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'one', checkedAtMs: Date.now() });
    expect(policy.current()).not.toHaveProperty('refused');

    await publish(policies, { mark: 'three' });
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'three', version: '3' });
  });

  it('keeps the last good policy while the store is down, says so once for each outage, and comes back', async () => {
    const policy = refresher();
    await publish(policies, { mark: 'one' });
    await policy.start();
    const checkedAtMs = Date.now();
    down = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(policy.current()).toMatchObject({ loaded: 'one', checkedAtMs });
    expect(outages).toBe(1);

    down = false;
    await publish(policies, { mark: 'two' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(policy.current()).toMatchObject({ loaded: 'two', checkedAtMs: Date.now() });
    down = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outages).toBe(2);
    expect(refusals).toEqual([]);
    policy.stop();
  });

  it('counts a store that answers with nonsense among those that answer: it is down anew thereafter', async () => {
    const policy = refresher();
    const answers = [
      new Error('no connection'),
      new StoreCorruptError(null, 'is nonsense'),
      new Error('no connection'),
    ];
    for (const answer of answers) {
      store.active = () => Promise.reject(answer);
      await policy.refreshNow();
    }
    expect(outages).toBe(2);
    expect(refusals.map(([version]) => version)).toEqual(['active']);
  });

  it('takes a store that fails between two reads for one that is down, not for a bad policy', async () => {
    await publish(policies, { mark: 'one' });
    const read = vi.fn(store.read).mockRejectedValueOnce(new Error('no connection'));
    const policy = refresher({ store: { ...store, read } });
    await policy.refreshNow();
    expect(policy.current()?.loaded).toBe('beside the bundle');
    expect(refusals).toEqual([]);
    await policy.refreshNow();
    expect(policy.current()?.loaded).toBe('one');
  });

  it('refuses a version that is active but is not there, and one with another hash', async () => {
    const active = { version: 4, hash: 'abc', since: '' };
    const missing = refresher({ store: { active: async () => active, read: async () => undefined } });
    await missing.refreshNow();
    expect(missing.current()?.refused?.error).toBeInstanceOf(StoreCorruptError);

    await publish(policies, { mark: 'one' });
    const swapped = refresher({ store: { active: async () => ({ ...active, version: 1 }), read: store.read } });
    await swapped.refreshNow();
    expect(swapped.current()).toMatchObject({ loaded: 'beside the bundle', refused: { version: '1' } });
    expect(refusals.map(([version]) => version)).toEqual(['4', '1']);
  });

  it('looks once at a time', async () => {
    let release = () => {};
    const active = vi.fn(() => new Promise<undefined>((resolve) => (release = () => resolve(undefined))));
    const policy = refresher({ store: { active, read: store.read } });
    const started = policy.start();
    policy.poke();
    await vi.advanceTimersByTimeAsync(60_000);
    policy.poke();
    expect(active).toHaveBeenCalledTimes(1);
    release();
    await started;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(active).toHaveBeenCalledTimes(2);
    policy.stop();
  });

  it('sees with refreshNow what was published before it, though a look was under way', async () => {
    let release = () => {};
    const slow = async () => {
      const seen = await store.active();
      await new Promise<void>((resolve) => (release = resolve));
      return seen;
    };
    const active = vi.fn(store.active).mockImplementationOnce(slow);
    const policy = refresher({ store: { active, read: store.read } });
    const first = policy.refreshNow();
    await publish(policies, { mark: 'one' });
    const later = Promise.all([policy.refreshNow(), policy.refreshNow()]);
    release();
    await first;
    await later;
    expect(policy.current()?.loaded).toBe('one');
    expect(looks).toBe(2);
  });

  it('looks when it is poked after its timers stood still, and never makes the request wait', async () => {
    let nowMs = 1_000_000;
    const policy = refresher({ now: () => nowMs });
    await policy.refreshNow();
    await publish(policies, { mark: 'one' });
    nowMs += 9_999;
    policy.poke();
    await vi.advanceTimersByTimeAsync(0);
    expect(looks).toBe(1);

    nowMs += 1;
    expect(policy.poke()).toBeUndefined();
    expect(policy.current()?.loaded).toBe('beside the bundle');
    await vi.advanceTimersByTimeAsync(0);
    expect(policy.current()?.loaded).toBe('one');
  });

  it('does not ask a store that is down at every poke', async () => {
    down = true;
    const policy = refresher();
    await policy.refreshNow();
    for (let request = 0; request < 10; request += 1) policy.poke();
    await vi.advanceTimersByTimeAsync(0);
    expect(looks).toBe(1);
  });

  it('holds against a real table: a corrupt version behind its back, an outage, a rollback', async () => {
    vi.useRealTimers();
    const database = await startDynamoDb();
    const client = dynamoDbClient(database.endpoint, 1);
    const { policies: table } = openDynamoDbStore({ ...database.tables, client });
    const policy = refresher({ store: table });
    await publish(table, { mark: 'one' });
    await publish(table, { mark: 'two' });
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'two', version: '2' });

    const put = (sk: string, attributes: Record<string, { S: string } | { N: string }>) =>
      client.send(
        new PutItemCommand({
          TableName: database.tables.policyTable,
          Item: { pk: { S: 'policy' }, sk: { S: sk }, ...attributes },
        }),
      );
    await put('version#0000000003', { document: { S: '{"mark":' }, hash: { S: 'abc' } });
    await put('active', { version: { N: '3' }, hash: { S: 'abc' }, since: { S: '' } });
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'two', refused: { version: '3' } });

    await put('active', { version: { S: 'nonsense' } });
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'two', refused: { version: 'active' } });

    await put('active', { version: { N: '3' }, hash: { S: 'abc' }, since: { S: '' } });
    await table.activate(1, 3);
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'one', version: '1' });
    expect(policy.current()).not.toHaveProperty('refused');

    await database.stop();
    await policy.refreshNow();
    expect(policy.current()).toMatchObject({ loaded: 'one' });
    expect(outages).toBe(1);
    client.destroy();
  });
});
