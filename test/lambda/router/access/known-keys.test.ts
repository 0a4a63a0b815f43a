import { describe, expect, it } from 'vitest';
import { createKnownKeys, GRACE_MS } from '../../../../lambda/router/access/known-keys';
import type { KeyRecord } from '../../../../lambda/shared/store/key-port';
import { down, someKeys } from './some-keys';

const REFRESH_MS = 10_000;

function knowing(refreshMs = REFRESH_MS) {
  const keys = someKeys();
  const clock = { nowMs: 1_000_000 };
  const told: unknown[] = [];
  const find = createKnownKeys({
    keys,
    refreshMs,
    nowMs: () => clock.nowMs,
    onUnreachable: (error) => told.push(error),
    patienceMs: 50,
  });
  return { keys, clock, told, find: async (hash: string) => find(hash) };
}

/** A hash that nobody has, another for each number. */
const strange = (number: number): string => number.toString(16).padStart(64, '0');

describe('known keys', () => {
  it('are looked for once in each refresh interval', async () => {
    const { keys, clock, find } = knowing();
    const { record } = keys.give();
    for (let ms = 0; ms < 5 * REFRESH_MS; ms += 1000) {
      expect(await find(record.hash)).toEqual(record);
      clock.nowMs += 1000;
    }
    expect(keys.looked.length).toBe(5);
  });

  it('are looked for together by all who ask at once', async () => {
    const { keys, find } = knowing();
    const { record } = keys.give();
    const found = await Promise.all(Array.from({ length: 50 }, () => find(record.hash)));
    expect([new Set(found).size, keys.looked.length]).toEqual([1, 1]);
  });

  it('are seen as revoked once the interval is over', async () => {
    const { keys, clock, find } = knowing();
    const { record } = keys.give();
    await find(record.hash);
    await keys.revoke(record.id, clock.nowMs);
    clock.nowMs += REFRESH_MS - 1;
    expect((await find(record.hash))?.revokedAt).toBeUndefined();
    clock.nowMs += 1;
    expect((await find(record.hash))?.revokedAt).toBeDefined();
  });

  it('count from when the store was asked, not from when it answered', async () => {
    const { keys, clock, find } = knowing();
    const { record } = keys.give();
    keys.before = async () => {
      clock.nowMs += REFRESH_MS / 2;
    };
    await find(record.hash);
    clock.nowMs += REFRESH_MS / 2;
    await find(record.hash);
    expect(keys.looked.length).toBe(2);
  });

  it('are remembered as missing too, until the interval is over', async () => {
    const { keys, clock, find } = knowing();
    expect(await find(strange(1))).toBeUndefined();
    expect(await find(strange(1))).toBeUndefined();
    expect(keys.looked.length).toBe(1);
    clock.nowMs += REFRESH_MS;
    await find(strange(1));
    expect(keys.looked.length).toBe(2);
  });

  it('stay known however many invented ones are tried, of which only so many are remembered', async () => {
    const { keys, find } = knowing();
    const { record } = keys.give();
    await find(record.hash);
    for (let number = 0; number < 10_050; number++) await find(strange(number));
    const before = keys.looked.length;
    await find(record.hash);
    await find(strange(10_049));
    expect(keys.looked.length).toBe(before);
    await find(strange(0));
    expect(keys.looked.length).toBe(before + 1);
  });

  it('are not believed where the store gives the record of another hash', async () => {
    const { keys, find } = knowing();
    const { record } = keys.give();
    keys.byHash = async (): Promise<KeyRecord> => record;
    expect(await find(strange(7))).toBeUndefined();
    expect(await find(record.hash.slice(0, 40))).toBeUndefined();
    expect(await find(record.hash)).toEqual(record);
  });
});

describe('known keys without their store', () => {
  it('go on for the grace, then nobody gets in; one that is not known is refused from the start', async () => {
    const { keys, clock, told, find } = knowing();
    const { record } = keys.give();
    const unseen = keys.give().record;
    await find(record.hash);
    keys.before = down;
    for (clock.nowMs += REFRESH_MS; clock.nowMs < 1_000_000 + GRACE_MS; clock.nowMs += REFRESH_MS) {
      expect(await find(record.hash)).toEqual(record);
      await expect(find(unseen.hash)).rejects.toMatchObject({ code: 'tiers_unavailable', status: 503 });
    }
    await expect(find(record.hash)).rejects.toMatchObject({ code: 'tiers_unavailable' });
    expect(told).toHaveLength(1);
    keys.before = async () => {};
    clock.nowMs += REFRESH_MS;
    expect([await find(record.hash), await find(unseen.hash)]).toEqual([record, unseen]);
  });

  it('do not turn a missing key into a refused one: it may have been made since', async () => {
    const { keys, clock, find } = knowing();
    await find(strange(1));
    clock.nowMs += REFRESH_MS;
    keys.before = down;
    await expect(find(strange(1))).rejects.toMatchObject({ status: 503 });
  });

  it('leave it alone for a second after each failure', async () => {
    const { keys, clock, find } = knowing();
    keys.before = down;
    await expect(find(strange(1))).rejects.toThrow();
    await expect(find(strange(2))).rejects.toThrow();
    clock.nowMs += 999;
    await expect(find(strange(3))).rejects.toThrow();
    expect(keys.looked.length).toBe(1);
    clock.nowMs += 1;
    await expect(find(strange(3))).rejects.toThrow();
    expect(keys.looked.length).toBe(2);
  });

  it('do not wait for one that never answers', async () => {
    const { keys, clock, find } = knowing();
    const { record } = keys.give();
    await find(record.hash);
    clock.nowMs += REFRESH_MS;
    let answer = (): void => {};
    keys.before = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    expect(await find(record.hash)).toEqual(record);
    await expect(find(strange(1))).rejects.toMatchObject({ status: 503 });
    // What comes late is believed all the same, and then needs no further look.
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    await find(record.hash);
    expect(keys.looked.length).toBe(2);
  });

  it('ask it for no more than 256 at once', async () => {
    const { keys, find } = knowing();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    keys.before = () => opened;
    const asked = Promise.allSettled(Array.from({ length: 1000 }, (_, number) => find(strange(number))));
    open();
    const outcomes = await asked;
    expect(keys.looked.length).toBe(256);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(256);
  });
});
