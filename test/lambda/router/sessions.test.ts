import { describe, expect, it } from 'vitest';
import { createSessions, type SessionsOptions } from '../../../lambda/router/sessions';
import type { SessionStore } from '../../../lambda/shared/store/session-port';
import type { SessionStanding } from '../../../lib/core/types-live';

const NOW_MS = 1_000_000_000;

function standing(tier: string, atMs = NOW_MS): SessionStanding {
  return { tier, contextTokens: 10, atMs };
}

interface KeptStore extends SessionStore {
  readonly rows: Map<string, SessionStanding & { readonly expiresAtMs: number }>;
  down: boolean;
  slow: Promise<void> | undefined;
}

function aStore(): KeptStore {
  const rows: KeptStore['rows'] = new Map();
  const store: KeptStore = {
    rows,
    down: false,
    slow: undefined,
    async find(key) {
      await store.slow;
      if (store.down) throw new Error('no table');
      return rows.get(key);
    },
    async put(key, value, expiresAtMs) {
      await store.slow;
      if (store.down) throw new Error('no table');
      rows.set(key, { ...value, expiresAtMs });
    },
  };
  return store;
}

function sessionsOf(store: SessionStore, options: Partial<SessionsOptions> = {}) {
  const faults: unknown[] = [];
  const sessions = createSessions({
    store,
    nowMs: () => NOW_MS,
    onUnreachable: (error) => faults.push(error),
    ...options,
  });
  return { ...sessions, faults };
}

describe('sessions', () => {
  it('are found by every instance that shares the store, the newest standing first', async () => {
    const store = aStore();
    const [here, there] = [sessionsOf(store), sessionsOf(store)];
    expect(await here.find('s')).toBeUndefined();
    here.keep('s', standing('small', NOW_MS - 20));
    expect(await here.flush(1000)).toBe(0);
    expect(await there.find('s')).toMatchObject({ tier: 'small' });
    there.keep('s', standing('large', NOW_MS - 10));
    await there.flush(1000);
    expect(await here.find('s')).toMatchObject({ tier: 'large', contextTokens: 10 });
    here.keep('s', standing('mid'));
    expect(await here.find('s')).toMatchObject({ tier: 'mid' });
  });

  it('are stored for an hour under a hash, so that no name of a customer or session is', async () => {
    const store = aStore();
    const { keep, flush } = sessionsOf(store);
    keep('["customer","acme"]', standing('small'));
    await flush(1000);
    const [[key, row] = []] = store.rows;
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.expiresAtMs).toBe(NOW_MS + 3_600_000);
  });

  it('hold no request for a slow store, and stand in for it with what this process kept', async () => {
    const store = aStore();
    const { find, keep, flush } = sessionsOf(store, { waitMs: 20 });
    let release = (): void => {};
    store.slow = new Promise((resolve) => (release = resolve));
    const began = performance.now();
    expect(await find('other')).toBeUndefined();
    keep('s', standing('small'));
    expect(await find('s')).toMatchObject({ tier: 'small' });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await flush(20)).toBe(1);
    release();
    expect(await flush(1000)).toBe(0);
    expect(store.rows.size).toBe(1);
  });

  it('tell once of a store that is down, and again only after it was up', async () => {
    const store = aStore();
    const { find, keep, flush, faults } = sessionsOf(store);
    store.down = true;
    keep('s', standing('small'));
    await flush(1000);
    expect(await find('s')).toMatchObject({ tier: 'small' });
    expect(await find('other')).toBeUndefined();
    expect(faults).toHaveLength(1);
    store.down = false;
    expect(await find('other')).toBeUndefined();
    store.down = true;
    await find('other');
    expect(faults).toHaveLength(2);
  });

  it('forget what this process kept an hour ago', async () => {
    const store = aStore();
    let nowMs = NOW_MS;
    const { find, keep, flush } = sessionsOf(store, { nowMs: () => nowMs });
    keep('s', standing('small'));
    await flush(1000);
    store.rows.clear();
    nowMs += 3_599_000;
    expect(await find('s')).toMatchObject({ tier: 'small' });
    nowMs += 2_000;
    expect(await find('s')).toBeUndefined();
  });
});
