import { MINUTE_MS } from '../../../lib/core/durations';
import type { Documents } from './documents';
import type { KeyRecord, KeyStore } from './key-port';
import type { Tallies } from './tallies';

const COUNTED = /^requests#(.*)#\d+$/s;

/** A key lies under its hash, by which every request looks for it. A second document finds the hash by the id. */
export function documentedKeys(documents: Documents, tallies: Tallies): KeyStore {
  async function hashOf(id: string): Promise<string | undefined> {
    const found = await documents.read('key-id', id);
    return found === undefined ? undefined : (found.document as { hash: string }).hash;
  }

  async function byHash(hash: string): Promise<KeyRecord | undefined> {
    return (await documents.read('key', hash))?.document as KeyRecord | undefined;
  }

  return {
    byHash,

    async add(record) {
      if ((await byHash(record.hash)) !== undefined) return false;
      // The id comes first: a key that may be used can then be revoked, wherever this ends.
      const isNew = await documents.write('key-id', record.id, { hash: record.hash }, { expected: null });
      if (!isNew && (await hashOf(record.id)) !== record.hash) return false;
      return documents.write('key', record.hash, record, { expected: null, position: positionOf(record) });
    },

    async revoke(id, atMs) {
      const hash = await hashOf(id);
      if (hash === undefined) return undefined;
      for (;;) {
        const found = await documents.read('key', hash);
        const record = found?.document as KeyRecord | undefined;
        if (found === undefined || record?.id !== id) return undefined;
        if (record.revokedAt !== undefined) return record;
        const revoked = Object.assign({}, record, { revokedAt: new Date(atMs).toISOString() });
        const options = { expected: found.revision, position: positionOf(record) };
        if (await documents.write('key', hash, revoked, options)) return revoked;
      }
    },

    async list() {
      return (await documents.list('key')) as readonly KeyRecord[];
    },

    async countRequest(id, atMs, limit) {
      const minute = Math.floor(atMs / MINUTE_MS);
      const { done } = await tallies.change(`requests#${id}#${minute}`, {
        add: { requests: 1 },
        where: { requests: { atMost: limit - 1 } },
        // Clocks differ: the minute is over for all instances once the next one is.
        lifetime: { nowMs: atMs, expiresAtMs: (minute + 2) * MINUTE_MS },
      });
      return done;
    },
  };
}

/** The id of the key whose requests of a minute a tally counts, if it does. */
export function keyCountedIn(tallyId: string): string | undefined {
  return COUNTED.exec(tallyId)?.[1];
}

function positionOf({ createdAt, id }: KeyRecord): string {
  return `${createdAt}#${id}`;
}
