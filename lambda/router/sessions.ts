import { createHash } from 'node:crypto';
import type { SessionStanding, Sessions } from '../../lib/core/types-live';
import { tellOutages } from '../shared/outage';
import type { SessionStore } from '../shared/store/session-port';
import { OpenWork } from './open-work';
import { within } from './within';

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly nowMs: () => number;
  /** How long a request waits for the store. Default 150 ms. */
  readonly waitMs?: number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

export interface KeptSessions extends Sessions {
  /** Waits until what was kept is stored, or the time is up; resolves with the number still waiting. */
  flush(ms: number): Promise<number>;
}

const WAIT_MS = 150;
/** As long as a decision counts a tool loop. */
const LIFETIME_MS = 60 * 60_000;
/** Sessions this process remembers by itself. */
const CAPACITY = 10_000;

/**
 * Sessions that all instances of a router share. The store is asked each time, for another instance may have answered last;
 * what this process kept itself stands in where the store is slow or has not got it yet. A key is stored as its hash.
 */
export function createSessions(options: SessionsOptions): KeptSessions {
  const { store, nowMs, waitMs = WAIT_MS, onUnreachable } = options;
  const own = new Map<string, SessionStanding>();
  const writes = new OpenWork();
  const outage = tellOutages(onUnreachable);

  function remember(id: string, standing: SessionStanding): void {
    own.delete(id);
    own.set(id, standing);
    const oldest = own.size > CAPACITY ? own.keys().next().value : undefined;
    if (oldest !== undefined) own.delete(oldest);
  }

  async function look(id: string): Promise<SessionStanding | undefined> {
    try {
      const found = await store.find(id, nowMs());
      outage.over();
      return found;
    } catch (error) {
      outage.met(error);
      return undefined;
    }
  }

  async function write(id: string, standing: SessionStanding): Promise<void> {
    try {
      await store.put(id, standing, standing.atMs + LIFETIME_MS);
      outage.over();
    } catch (error) {
      outage.met(error);
    }
  }

  return {
    async find(key) {
      const id = storedSession(key);
      const stored = await within(waitMs, look(id)).catch(() => undefined);
      const remembered = own.get(id);
      if (remembered === undefined || (stored !== undefined && stored.atMs > remembered.atMs)) return stored;
      return nowMs() - remembered.atMs > LIFETIME_MS ? undefined : remembered;
    },

    keep(key, standing) {
      const id = storedSession(key);
      remember(id, standing);
      void writes.add(write(id, standing));
    },

    flush: (ms) => writes.flush(ms),
  };
}

/** Names of customers and sessions stand in no store, and a key has the same length whatever they are. */
export function storedSession(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
