import { expect, it } from 'vitest';
import type { KeyRecord, KeyStore } from '../../../lambda/shared/store/key-port';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { StoreLoad } from '../store-contract';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 0, 30);

function aKey(id: string, rest: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    hash: `hash-of-${id}`,
    customer: 'acme',
    operator: false,
    createdAt: '2026-11-22T10:00:00.000Z',
    ...rest,
  };
}

/** `keys` gives those of a new, empty store for each test. */
export function keyContract(keys: () => KeyStore, { atOnce }: StoreLoad): void {
  it('has none at first', async () => {
    expect(await keys().byHash('hash-of-key-1')).toBeUndefined();
    expect(await keys().list()).toEqual([]);
    expect(await keys().revoke('key-1', NOW_MS)).toBeUndefined();
  });

  it('finds a key by its hash, just as it was added', async () => {
    const record = aKey('key-1', {
      customer: 'Ümläut & Söhne',
      operator: true,
      tasks: ['triage'],
      tiers: ['small', 'mid'],
      userTier: 'gold',
      residency: 'region',
      requestsPerMinute: 60,
      expiresAt: '2027-01-01T00:00:00.000Z',
    });
    expect(await keys().add(record)).toBe(true);
    expect(await keys().byHash(record.hash)).toEqual(record);
    expect(await keys().byHash('hash-of-another')).toBeUndefined();
  });

  it.each([
    ['the id', aKey('key-1', { hash: 'another' })],
    ['the hash', aKey('key-2', { hash: 'hash-of-key-1' })],
    ['both', aKey('key-1')],
  ])('adds no key where %s is taken', async (_, record) => {
    await keys().add(aKey('key-1', { customer: 'first' }));
    expect(await keys().add({ ...record, customer: 'second' })).toBe(false);
    expect(await keys().list()).toEqual([aKey('key-1', { customer: 'first' })]);
    expect(await keys().byHash('another')).toBeUndefined();
  });

  it('lets one of many win that add the same key at once', async () => {
    const added = await Promise.all(Array.from({ length: 10 }, () => keys().add(aKey('key-1'))));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await keys().list()).toEqual([aKey('key-1')]);
  });

  it('lists the oldest first, revoked and expired ones too', async () => {
    await keys().add(aKey('late', { createdAt: '2026-11-22T12:00:00.000Z' }));
    await keys().add(aKey('expired', { createdAt: '2026-11-22T10:00:00.000Z', expiresAt: '2026-11-22T10:00:01.000Z' }));
    await keys().add(aKey('revoked', { createdAt: '2026-11-22T11:00:00.000Z' }));
    await keys().revoke('revoked', NOW_MS);
    expect((await keys().list()).map(({ id }) => id)).toEqual(['expired', 'revoked', 'late']);
    expect(await keys().byHash('hash-of-expired')).toBeDefined();
  });

  it('revokes a key for good: the first date stays', async () => {
    await keys().add(aKey('key-1'));
    await keys().add(aKey('key-2'));
    const revoked = aKey('key-1', { revokedAt: new Date(NOW_MS).toISOString() });

    expect(await keys().revoke('key-1', NOW_MS)).toEqual(revoked);
    expect(await keys().revoke('key-1', NOW_MS + 1000)).toEqual(revoked);
    expect(await keys().byHash('hash-of-key-1')).toEqual(revoked);
    expect(await keys().byHash('hash-of-key-2')).toEqual(aKey('key-2'));
    expect(await keys().add(aKey('key-1'))).toBe(false);
  });

  it('agrees on one date where many revoke a key at once', async () => {
    await keys().add(aKey('key-1'));
    const revoked = await Promise.all([0, 1, 2, 3, 4].map((ms) => keys().revoke('key-1', NOW_MS + ms)));
    expect(new Set(revoked.map((record) => record?.revokedAt)).size).toBe(1);
    expect(revoked[0]).toEqual(await keys().byHash('hash-of-key-1'));
  });

  it('counts requests up to the limit of a minute, each key for itself', async () => {
    const count = (id: string, atMs: number) => keys().countRequest(id, atMs, 2);
    expect([await count('key-1', NOW_MS), await count('key-1', NOW_MS)]).toEqual([true, true]);
    expect(await count('key-1', NOW_MS)).toBe(false);
    expect(await count('key-2', NOW_MS)).toBe(true);
    expect(await count('key-1', NOW_MS + MINUTE_MS)).toBe(true);
    expect(await count('key-1', NOW_MS)).toBe(false);
  });

  it('does not count a request that it refuses', async () => {
    expect(await keys().countRequest('key-1', NOW_MS, 1)).toBe(true);
    for (let again = 0; again < 3; again += 1) expect(await keys().countRequest('key-1', NOW_MS, 1)).toBe(false);
    expect(await keys().countRequest('key-1', NOW_MS, 2)).toBe(true);
  });

  it('begins a minute on the full minute of UTC', async () => {
    const startMs = Date.UTC(2026, 10, 22, 10, 5);
    expect(await keys().countRequest('key-1', startMs - 1, 1)).toBe(true);
    expect(await keys().countRequest('key-1', startMs, 1)).toBe(true);
    expect(await keys().countRequest('key-1', startMs + MINUTE_MS - 1, 1)).toBe(false);
    expect(await keys().countRequest('key-1', startMs + MINUTE_MS, 1)).toBe(true);
  });

  it('lets no more through than the limit, however many ask at once', async () => {
    const count = Math.min(atOnce, 200);
    const limit = 70;
    const asked = Array.from({ length: count }, () => keys().countRequest('key-1', NOW_MS, limit));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(limit);
  });
}
