import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { emptyRollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { someFeedback } from '../../../contracts/store/some-feedback';
import { storeContract } from '../../../contracts/store-contract';
import { anAttribution } from '../an-attribution';

storeContract('the store in memory', async (nowMs) => openMemoryStore({ nowMs }), { atOnce: 1000, propertyRuns: 100 });

describe('the store in memory', () => {
  it('lets the oldest records go beyond its capacity', async () => {
    const { attributions } = openMemoryStore({ capacity: 2 });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const requestId of ids) {
      await attributions.put(anAttribution({ requestId }));
      expect(await attributions.put(anAttribution({ requestId }))).toBe('duplicate');
    }

    const kept = await Promise.all(ids.map((id) => attributions.get(id)));
    expect(kept.map((record) => record?.requestId)).toEqual([undefined, undefined, undefined, 'four', 'five']);
  });

  it('lets what came go with the records, and as many words of feedback', async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 22, 10) };
    const { attributions } = openMemoryStore({ capacity: 3, nowMs: () => clock.nowMs });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const requestId of ids) {
      await attributions.put(anAttribution({ requestId }));
      await attributions.putFeedback(someFeedback({ requestId }));
      clock.nowMs += 20_000;
    }
    await attributions.putFeedback(someFeedback({ requestId: 'five', outcome: 'rejected' }));

    const first = await attributions.arrived('2026-11-22T10:00');
    expect(first.records.map(({ requestId }) => requestId)).toEqual(['three']);
    expect(first.feedback).toEqual([]);
    const second = await attributions.arrived('2026-11-22T10:01');
    expect(second.records.map(({ requestId }) => requestId)).toEqual(['four', 'five']);
    expect(second.feedback.map(({ feedback: { requestId, outcome } }) => [requestId, outcome])).toEqual([
      ['four', 'accepted'],
      ['five', 'accepted'],
      ['five', 'rejected'],
    ]);
    expect(await attributions.feedbackOn('three')).toBeUndefined();
    expect(await attributions.feedbackOn('five')).toMatchObject({ outcome: 'rejected' });
  });

  it('has counted what came in a minute when the records themselves have made way', async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 22, 10) };
    const { attributions } = openMemoryStore({ capacity: 8, nowMs: () => clock.nowMs });
    for (let index = 0; index < 30; index += 1) {
      await attributions.put(anAttribution({ requestId: `req-${index}`, likeness: `${index}`, costUsd: 0.5 }));
      await attributions.put(anAttribution({ requestId: `req-${index}`, costUsd: 0.5 }));
    }
    await attributions.putFeedback(someFeedback({ requestId: 'req-1', score: 0 }));
    await attributions.putFeedback(someFeedback({ requestId: 'req-1', score: 1 }));
    clock.nowMs += 60_000;
    await attributions.put(anAttribution({ requestId: 'later' }));

    const first = attributions.counted?.('2026-11-22T10:00');
    expect(first?.rollup.total).toMatchObject({ requests: 30, costUsd: 15, told: 1, toldGood: 1 });
    expect(first?.questions.map(({ requestId }) => requestId)).toEqual(['req-0', 'req-1']);
    expect(attributions.counted?.('2026-11-22T10:01').rollup.total.requests).toBe(1);
    expect(attributions.counted?.('2026-11-22T10:02').rollup).toEqual(emptyRollup());
  });

  it('forgets rollups that are of no use any more, as new ones come', async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 22, 10) };
    const { rollups } = openMemoryStore({ nowMs: () => clock.nowMs });
    const listed = async () =>
      (await rollups.list('minute', '2026-11-22T00:00', '2026-11-30T00:00')).map(({ from }) => from);
    await rollups.write('minute', '2026-11-22T09:58', emptyRollup());
    clock.nowMs += 3 * 86_400_000 - 1;
    await rollups.write('minute', '2026-11-25T09:57', emptyRollup());
    expect(await listed()).toEqual(['2026-11-22T09:58', '2026-11-25T09:57']);
    clock.nowMs += 1;
    await rollups.write('minute', '2026-11-25T09:58', emptyRollup());
    expect(await listed()).toEqual(['2026-11-25T09:57', '2026-11-25T09:58']);
  });

  it('lets the sessions go that were put longest ago, beyond its capacity', async () => {
    const { sessions } = openMemoryStore({ capacity: 4 });
    const put = (key: string, atMs: number) => sessions.put(key, { tier: 'small', contextTokens: 1, atMs }, 1e6);
    for (let index = 0; index < 50; index += 1) await put(`session-${index}`, index);
    const found = await Promise.all(Array.from({ length: 50 }, (_, index) => sessions.find(`session-${index}`, 100)));
    const kept = found.flatMap((standing, index) => (standing === undefined ? [] : [index]));
    expect(kept.length).toBeLessThanOrEqual(4);
    expect(kept).toEqual(expect.arrayContaining([48, 49]));
  });

  it('forgets accounts of past periods as new ones come, and none that is of use', async () => {
    const { budgets } = openMemoryStore();
    const account = (id: string, expiresAtMs: number) => ({ id, limitUsd: 1, expiresAtMs });
    const spend = async (id: string, expiresAtMs: number, nowMs: number) => {
      const hold = { usd: 0.5, untilMs: nowMs + 60_000 };
      await budgets.reserve(account(id, expiresAtMs), hold, nowMs);
      await budgets.settle(account(id, expiresAtMs), hold, 0.5, nowMs);
    };
    await spend('past', 1000, 0);
    await spend('current', 1e9, 0);
    for (let index = 0; index < 998; index += 1) await spend(`other-${index}`, 1e9, 999);
    expect(await budgets.read('past', 999)).toMatchObject({ spentUsd: 0.5 });

    for (let index = 0; index < 2000; index += 1) await spend(`next-${index}`, 1e9, 1000);
    expect(await budgets.read('past', 1000)).toMatchObject({ spentUsd: 0 });
    expect(await budgets.read('current', 1000)).toMatchObject({ spentUsd: 0.5 });
    expect(await budgets.read('other-0', 1000)).toMatchObject({ spentUsd: 0.5 });
  });
});
