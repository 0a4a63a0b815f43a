import { type KeyDraft, newKey } from '../../../../lambda/router/access/new-key';
import type { KeyRecord, KeyStore } from '../../../../lambda/shared/store/key-port';

/** Keys in memory whose store can be down, slow, or counted. */
export interface SomeKeys extends KeyStore {
  /** Hashes that were looked for. */
  readonly looked: string[];
  /** Awaited before anything is answered; rejects while the store is down. */
  before: () => Promise<void>;
  /** Adds a key and tells its secret. */
  give(draft?: Partial<KeyDraft>): { readonly secret: string; readonly record: KeyRecord };
}

export function someKeys(): SomeKeys {
  const records = new Map<string, KeyRecord>();
  const counts = new Map<string, number>();
  const byId = (id: string): KeyRecord | undefined => [...records.values()].find((record) => record.id === id);
  const keys: SomeKeys = {
    looked: [],
    before: async () => {},

    give(draft = {}) {
      const { record, secret } = newKey({ customer: 'acme', operator: false, ...draft }, Date.now());
      records.set(record.hash, record);
      return { record, secret };
    },

    async byHash(hash) {
      keys.looked.push(hash);
      const record = records.get(hash);
      await keys.before();
      return record;
    },

    async add(record) {
      records.set(record.hash, record);
      return true;
    },

    async revoke(id, atMs) {
      const found = byId(id);
      if (found === undefined) return undefined;
      const revoked = { revokedAt: new Date(atMs).toISOString(), ...found };
      records.set(found.hash, revoked);
      return revoked;
    },

    async list() {
      await keys.before();
      return [...records.values()];
    },

    async countRequest(id, atMs, limit) {
      await keys.before();
      const account = `${id} ${Math.floor(atMs / 60_000)}`;
      const counted = counts.get(account) ?? 0;
      if (counted >= limit) return false;
      counts.set(account, counted + 1);
      return true;
    },
  };
  return keys;
}

export const down = (): Promise<void> => Promise.reject(new Error('the store is down'));
