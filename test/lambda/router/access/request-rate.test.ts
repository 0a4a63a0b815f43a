import { describe, expect, it } from 'vitest';
import { createRequestRate } from '../../../../lambda/router/access/request-rate';
import { MINUTE_MS } from '../../../../lib/core/durations';
import { down, someKeys } from './some-keys';

function counting(startMs = 10 * MINUTE_MS) {
  const keys = someKeys();
  const clock = { nowMs: startMs };
  const told: unknown[] = [];
  const counted: number[] = [];
  const count = createRequestRate({
    keys: {
      countRequest: (id, atMs, limit) => {
        counted.push(atMs);
        return keys.countRequest(id, atMs, limit);
      },
    },
    nowMs: () => clock.nowMs,
    onUnreachable: (error) => told.push(error),
    patienceMs: 50,
  });
  return { keys, clock, told, counted, count };
}

describe('requests a minute', () => {
  it('are not counted for a key without a limit', async () => {
    const { keys, count, counted } = counting();
    for (let request = 0; request < 100; request++) await count(keys.give().record);
    expect(counted).toEqual([]);
  });

  it('are as many as the key may make, and begin anew with each minute', async () => {
    const { keys, clock, count } = counting();
    const { record } = keys.give({ requestsPerMinute: 3 });
    for (let minute = 0; minute < 3; minute++) {
      for (let request = 0; request < 3; request++) await count(record);
      await expect(count(record)).rejects.toMatchObject({ code: 'rate_limit_exceeded', status: 429 });
      clock.nowMs += MINUTE_MS;
    }
  });

  it.each([
    [0, 60_000],
    [1, 59_999],
    [59_999, 1],
  ])('come back after what is left of the minute: %d ms into it, %d ms', async (intoMs, retryAfterMs) => {
    const { keys, count } = counting(7 * MINUTE_MS + intoMs);
    const { record } = keys.give({ requestsPerMinute: 1 });
    await count(record);
    await expect(count(record)).rejects.toMatchObject({ retryAfterMs });
  });

  it('are refused without asking the store again once they are used up', async () => {
    const { keys, count, counted } = counting();
    const { record } = keys.give({ requestsPerMinute: 2 });
    const outcomes = await Promise.allSettled(Array.from({ length: 2 }, () => count(record)));
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    for (let request = 0; request < 20; request++) await expect(count(record)).rejects.toMatchObject({ status: 429 });
    expect(counted.length).toBe(3);
  });

  it('never pass the limit, however many come at once to several routers of a store', async () => {
    const one = counting();
    const { record } = one.keys.give({ requestsPerMinute: 10 });
    const other = createRequestRate({ keys: one.keys, nowMs: () => one.clock.nowMs, onUnreachable: () => {} });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? one.count(record) : other(record))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  it.each([
    ['is down', down],
    ['never answers', () => new Promise<void>(() => {})],
  ])('are counted by the process itself while the store %s', async (_name, before) => {
    const { keys, count, told, counted } = counting();
    const { record } = keys.give({ requestsPerMinute: 4 });
    await count(record);
    keys.before = before;
    for (let request = 0; request < 3; request++) await count(record);
    await expect(count(record)).rejects.toMatchObject({ status: 429 });
    expect([told.length, counted.length]).toEqual([1, 2]);
  });
});
