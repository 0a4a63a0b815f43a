import { createHash } from 'node:crypto';
import type { SessionStanding } from '../../../lib/core/types-live';
import type { Documents } from './documents';
import type { SessionStore } from './session-port';

interface Kept {
  readonly standing: SessionStanding;
  readonly expiresAtMs: number;
}

/** Sessions by a hash of their key: callers choose their session ids, of any length, and some name a person in them. */
export function documentedSessions(documents: Documents): SessionStore {
  return {
    async find(key, nowMs) {
      const kept = (await documents.read('session', sessionId(key)))?.document as Kept | undefined;
      return kept !== undefined && kept.expiresAtMs > nowMs ? kept.standing : undefined;
    },

    async put(key, standing, expiresAtMs) {
      const kept: Kept = { standing, expiresAtMs };
      await documents.write('session', sessionId(key), kept, { lifetime: { nowMs: standing.atMs, expiresAtMs } });
    },
  };
}

/** What stands in the store for the key of a session. */
export function sessionId(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
