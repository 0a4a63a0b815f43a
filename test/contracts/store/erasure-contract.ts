import { describe, expect, it } from 'vitest';
import type { ErasureTrace, KeptCount } from '../../../lambda/shared/store/erasure-port';
import type { KeyRecord } from '../../../lambda/shared/store/key-port';
import type { Store } from '../../../lambda/shared/store/port';
import { MINUTE_MS } from '../../../lib/core/durations';
import { anAttribution } from '../../lambda/shared/an-attribution';
import type { StoreClock } from '../store-contract';
import { allArrived } from './all-arrived';
import { someFeedback } from './some-feedback';

/** What can be removed by name. The store's clock stands at 10:00 of 22 November 2026 at first. */
export function erasureContract(store: () => Store, clock: StoreClock): void {
  describe('a request', () => {
    it('goes with every word on it, and leaves no other', async () => {
      const { attributions, erasure } = store();
      for (const requestId of ['one', 'other']) {
        await attributions.put(anAttribution({ requestId }));
        await attributions.putFeedback(someFeedback({ requestId, score: 0 }));
        await attributions.putFeedback(someFeedback({ requestId, score: 1 }));
      }
      expect(await erasure.removeRequest('one', '2026-11-22T10:01')).toEqual({ records: 1, feedback: 2 });
      expect(await attributions.get('one')).toBeUndefined();
      expect(await attributions.feedbackOn('one')).toBeUndefined();
      expect(await attributions.get('other')).toBeDefined();
      const { records, feedback } = await allArrived(attributions, '2026-11-22T10:00');
      expect(records.map(({ requestId }) => requestId)).toEqual(['other']);
      expect(feedback.map((word) => word.feedback.requestId)).toEqual(['other', 'other']);
      expect(await erasure.removeRequest('one', '2026-11-22T10:01')).toEqual({ records: 0, feedback: 0 });
    });

    it('keeps what came since', async () => {
      const { attributions, erasure } = store();
      await attributions.put(anAttribution({ requestId: 'one' }));
      clock.nowMs += MINUTE_MS;
      await attributions.putFeedback(someFeedback({ requestId: 'one' }));
      expect(await erasure.removeRequest('one', '2026-11-22T10:00')).toEqual({ records: 0, feedback: 0 });
      expect(await erasure.removeRequest('one', '2026-11-22T10:01')).toEqual({ records: 1, feedback: 0 });
      expect((await allArrived(attributions, '2026-11-22T10:01')).feedback).toHaveLength(1);
      expect(await erasure.removeRequest('one', '2026-11-22T10:02')).toEqual({ records: 0, feedback: 1 });
      expect((await allArrived(attributions, '2026-11-22T10:01')).feedback).toEqual([]);
    });

    it('may come again under the same id', async () => {
      const { attributions, erasure } = store();
      await attributions.put(anAttribution({ requestId: 'one' }));
      await erasure.removeRequest('one', '2026-11-22T10:01');
      expect(await attributions.put(anAttribution({ requestId: 'one' }))).toBe('stored');
      expect(await attributions.get('one')).toBeDefined();
    });

    it('never came before the oldest moment', async () => {
      const { attributions, erasure } = store();
      // A table was made by the clock of the machine.
      clock.nowMs = Date.now() + MINUTE_MS;
      await attributions.put(anAttribution({ requestId: 'one' }));
      expect(await erasure.oldestMs()).toBeLessThanOrEqual(clock.nowMs);
    });
  });

  it('a session goes', async () => {
    const { sessions, erasure } = store();
    const standing = { tier: 'small', contextTokens: 1, atMs: clock.nowMs };
    for (const key of ['one', 'other']) await sessions.put(key, standing, clock.nowMs + MINUTE_MS);
    expect(await erasure.removeSession('one')).toBe(true);
    expect(await erasure.removeSession('one')).toBe(false);
    expect(await sessions.find('one', clock.nowMs)).toBeUndefined();
    expect(await sessions.find('other', clock.nowMs)).toEqual(standing);
  });

  it('a key goes, and what finds it', async () => {
    const { keys, erasure } = store();
    for (const id of ['one', 'other']) await keys.add(aKey(id));
    expect(await erasure.removeKey(aKey('one'))).toBe(true);
    expect(await erasure.removeKey(aKey('one'))).toBe(false);
    expect(await keys.byHash('hash-of-one')).toBeUndefined();
    expect(await keys.revoke('one', clock.nowMs)).toBeUndefined();
    expect((await keys.list()).map(({ id }) => id)).toEqual(['other']);
    expect(await keys.add(aKey('one'))).toBe(true);
  });

  it('counts are found by whose they are, and go', async () => {
    const { budgets, breakers, keys, erasure } = store();
    const found = async (): Promise<KeptCount[]> => {
      const counts: KeptCount[] = [];
      for await (const count of erasure.counts()) counts.push(count);
      return counts.sort((one, other) => (one.tally < other.tally ? -1 : 1));
    };
    for (const id of ['per-customer#acme#2026-11', 'per-customer#other#2026-11']) {
      const account = { id, limitUsd: 10, expiresAtMs: clock.nowMs + MINUTE_MS };
      await budgets.reserve(account, { usd: 1, untilMs: clock.nowMs + MINUTE_MS }, clock.nowMs);
    }
    await keys.countRequest('key-1', clock.nowMs, 5);
    await breakers.open({ tier: 'small', openedAtMs: clock.nowMs, untilMs: clock.nowMs + MINUTE_MS });
    const counts = await found();
    expect(counts).toEqual([
      { kind: 'account', account: 'per-customer#acme#2026-11', tally: expect.any(String) },
      { kind: 'account', account: 'per-customer#other#2026-11', tally: expect.any(String) },
      { kind: 'requests', keyId: 'key-1', tally: expect.any(String) },
    ]);
    const [first, other, requests] = counts as [KeptCount, KeptCount, KeptCount];
    expect([await erasure.removeCount(first), await erasure.removeCount(first)]).toEqual([true, false]);
    expect(await erasure.removeCount(requests)).toBe(true);
    expect(await found()).toEqual([other]);
    expect(await budgets.read('per-customer#acme#2026-11', clock.nowMs)).toEqual({ spentUsd: 0, heldUsd: 0 });
    expect((await budgets.read('per-customer#other#2026-11', clock.nowMs)).heldUsd).toBe(1);
    expect(await breakers.list()).toHaveLength(1);
  });

  it('traces stay, newest first, as they were written last', async () => {
    const { erasure } = store();
    expect(await erasure.traces()).toEqual([]);
    const begun = (id: string, startedAt: string): ErasureTrace => ({ id, startedAt, author: 'ada', hosts: [] });
    const first = begun('a', '2026-11-22T10:00:00.000Z');
    const second = begun('b', '2026-11-22T11:00:00.000Z');
    for (const trace of [first, second]) await erasure.trace(trace);
    const done = { ...first, finishedAt: '2026-11-22T10:00:01.000Z', deleted: { records: 3 } };
    await erasure.trace(done);
    expect(await erasure.traces()).toEqual([second, done]);
    expect(await erasure.traces(1)).toEqual([second]);
  });
}

function aKey(id: string): KeyRecord {
  const createdAt = '2026-11-22T10:00:00.000Z';
  return { id, hash: `hash-of-${id}`, customer: 'acme', operator: false, createdAt };
}
