import { MINUTE_MS } from '../../../lib/core/durations';
import { RouterError } from '../../../lib/core/errors';
import { tellOutages } from '../../shared/outage';
import type { KeyRecord, KeyStore } from '../../shared/store/key-port';
import { within } from '../within';

export interface RequestRateOptions {
  readonly keys: Pick<KeyStore, 'countRequest'>;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
  /** For tests. */
  readonly patienceMs?: number;
}

/** The store is waited for no longer, and then left alone for so long. */
const PATIENCE_MS = 1000;
const REST_MS = 1000;

/** What this process has seen of a key in the current minute. */
interface Own {
  readonly minute: number;
  counted: number;
  full: boolean;
}

/**
 * Holds keys to their requests a minute, counted in the store by all routers together. Throws 429 with the time to the next
 * minute. A key that has used its minute up is refused without asking again; while the store cannot be reached each process
 * counts by itself, so that a limit of n is n for each of them.
 */
export function createRequestRate(options: RequestRateOptions): (record: KeyRecord) => Promise<void> {
  const { keys, nowMs, onUnreachable, patienceMs = PATIENCE_MS } = options;
  const byKey = new Map<string, Own>();
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  const outage = tellOutages(onUnreachable);

  function ownOf(id: string, minute: number): Own {
    const found = byKey.get(id);
    if (found?.minute === minute) return found;
    const own = { minute, counted: 0, full: false };
    byKey.set(id, own);
    return own;
  }

  /** Undefined where the store cannot say. */
  async function countInStore(id: string, atMs: number, limit: number): Promise<boolean | undefined> {
    if (nowMs() < restsUntilMs) return undefined;
    try {
      const counted = await within(patienceMs, keys.countRequest(id, atMs, limit));
      outage.over();
      return counted;
    } catch (error) {
      restsUntilMs = nowMs() + REST_MS;
      outage.met(error);
      return undefined;
    }
  }

  return async ({ id, requestsPerMinute: limit }) => {
    if (limit === undefined) return;
    const atMs = nowMs();
    const own = ownOf(id, Math.floor(atMs / MINUTE_MS));
    if (own.full) throw tooMany(limit, atMs);
    if (!((await countInStore(id, atMs, limit)) ?? own.counted < limit)) {
      own.full = true;
      throw tooMany(limit, nowMs());
    }
    own.counted += 1;
  };
}

function tooMany(limit: number, nowMs: number): RouterError {
  const retryAfterMs = MINUTE_MS - (nowMs % MINUTE_MS);
  const requests = limit === 1 ? 'one request' : `${limit} requests`;
  return new RouterError('rate_limit_exceeded', `The key may make ${requests} a minute, counted from its start.`, {
    retryAfterMs,
  });
}
