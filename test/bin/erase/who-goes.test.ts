import { describe, expect, it } from 'vitest';
import { eraseCustomer } from '../../../bin/commands/erase/erase-customer';
import type { Store } from '../../../lambda/shared/store/port';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { HOUR_MS } from '../../../lib/core/durations';
import { ERASED } from '../../../lib/core/telemetry/rollup/erased';
import { aSettlingStore, type Clock, NOON_MS } from '../../lambda/watch/a-day';
import {
  aRequestOf,
  CUSTOMERS,
  erase,
  everythingIn,
  figuresOf,
  households,
  marksOf,
  OPTIONS,
  portsOf,
  sumsOf,
  traffic,
} from './two-customers';

async function aStore(): Promise<{ store: Store; clock: Clock }> {
  const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
  const store = aSettlingStore(clock);
  await households(store, clock);
  await traffic(store, clock, NOON_MS - 4 * HOUR_MS);
  clock.nowMs = NOON_MS;
  await rollUpStore(store, { nowMs: () => clock.nowMs });
  return { store, clock };
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('erasing the last customers', () => {
  it('keeps callers to keys: where the last would go, a revoked one of nobody stays', async () => {
    const { store, clock } = await aStore();
    await erase(store, clock);
    expect((await store.keys.list()).map(({ customer }) => customer)).toEqual(['other']);
    await erase(store, clock, { customer: 'other' });
    await erase(store, clock, { customer: 'other' });
    expect(await store.keys.list()).toMatchObject([{ customer: ERASED, revokedAt: expect.stringMatching(/Z$/) }]);
  });

  it('keeps callers to keys also where the last two customers go at once', async () => {
    const { store, clock } = await aStore();
    // Long enough for the other to come to its own keys meanwhile.
    const removeKey: Store['erasure']['removeKey'] = async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return store.erasure.removeKey(key);
    };
    const slow = { ...store, erasure: { ...store.erasure, removeKey } };
    const ports = Object.assign(portsOf(slow, clock), { pause });
    const before = (await sumsOf(store, clock)).map(([from, { total }]) => [from, total]);
    await Promise.all(CUSTOMERS.map((customer) => eraseCustomer(Object.assign({}, OPTIONS, { customer }), ports)));
    const keys = await store.keys.list();
    expect(keys.map(({ customer }) => customer)).toEqual([ERASED]);
    const after = (await sumsOf(store, clock)).map(([from, { total }]) => [from, total]);
    expect(after).toEqual(before);
    const left = await everythingIn(store, clock);
    for (const mark of CUSTOMERS.flatMap(marksOf)) expect(left).not.toContain(mark);
  });
});

describe('erasing a customer', () => {
  it('twice at once takes everything once, and every figure stays', async () => {
    const { store, clock } = await aStore();
    const before = await figuresOf(store, clock);
    const ports = Object.assign(portsOf(store, clock), { pause });
    const erasures = await Promise.all([OPTIONS, OPTIONS].map((options) => eraseCustomer(options, ports)));
    expect(erasures.reduce((sum, { deleted }) => sum + deleted.records, 0)).toBe(6);
    const left = await everythingIn(store, clock);
    for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
    expect(await figuresOf(store, clock)).toEqual(before);
    expect(await store.erasure.traces()).toHaveLength(2);
  });

  it.each(['__proto__', 'constructor', 'acme#x', 'a/b', 'acm', 'acme2', '%61cme'])(
    'takes one that is called %j for nobody else',
    async (customer) => {
      const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
      const store = aSettlingStore(clock);
      for (const name of ['acme', customer]) {
        await store.attributions.put(
          aRequestOf('acme', 0, { requestId: `of-${name}`, customer: name, keyId: `of ${name}` }),
        );
        await store.keys.add({ id: `of ${name}`, hash: name, customer: name, operator: false, createdAt: name });
      }
      clock.nowMs = NOON_MS;
      expect(await erase(store, clock, { customer })).toMatchObject({
        deleted: { records: 1, keys: 1 },
        hosts: [{ tier: 'frontier', calls: 1 }],
      });
      const sums = await sumsOf(store, clock);
      expect(sums).toHaveLength(3);
      for (const [, { by, places, total }] of sums) {
        expect(total.requests).toBe(2);
        expect(Object.keys(by.customer).sort()).toEqual([ERASED, 'acme']);
        expect(Object.keys(by.key).sort()).toEqual([ERASED, 'of acme']);
        expect(Object.keys(places).sort()).toEqual([ERASED, 'acme']);
      }
      expect(await store.attributions.get('of-acme')).toBeDefined();
      expect((await store.keys.list()).map(({ id }) => id)).toEqual(['of acme']);
    },
  );
});
