import { timingSafeEqual } from 'node:crypto';
import { RouterError } from '../../../lib/core/errors';
import type { KeyRecord, KeyStore } from '../../shared/store/key-port';
import { createKeyLooks } from './key-looks';

export interface KnownKeysOptions {
  readonly keys: Pick<KeyStore, 'byHash'>;
  /** How long an answer of the store holds, and so how long a key that is revoked may still be taken. */
  readonly refreshMs: number;
  readonly nowMs: () => number;
  readonly onUnreachable: (error: unknown) => void;
  /** For tests. */
  readonly patienceMs?: number;
}

/** The record behind a hash, or undefined where there is none. Throws a RouterError where nobody can say. */
export type FindKey = (hash: string) => KeyRecord | undefined | Promise<KeyRecord | undefined>;

/** How long a key goes on after the store was last heard of it, where it cannot be reached. */
export const GRACE_MS = 5 * 60_000;
/** Kept in the memory of the process. The two do not share room: invented secrets never push out known keys. */
const MOST_KNOWN = 10_000;
const MOST_UNKNOWN = 10_000;

interface Seen {
  readonly record: KeyRecord;
  readonly atMs: number;
}

/**
 * Keys as the store last said, each asked for at most once in `refreshMs`. While the store cannot be reached a known key
 * goes on for `GRACE_MS`; one that is not known, or has been silent for longer, is refused with 503: nobody gets in unseen.
 */
export function createKnownKeys({ refreshMs, ...options }: KnownKeysOptions): FindKey {
  const { nowMs } = options;
  const known = new Map<string, Seen>();
  const unknown = new Map<string, number>();
  const look = createKeyLooks({ ...options, onAnswer: learn });

  function learn(hash: string, record: KeyRecord | undefined, atMs: number): void {
    if (atMs < (known.get(hash)?.atMs ?? unknown.get(hash) ?? atMs)) return;
    known.delete(hash);
    unknown.delete(hash);
    if (record !== undefined && sameHash(record.hash, hash)) keep(known, hash, { record, atMs }, MOST_KNOWN);
    else keep(unknown, hash, atMs, MOST_UNKNOWN);
  }

  async function ask(hash: string): Promise<KeyRecord | undefined> {
    try {
      await look(hash);
      return known.get(hash)?.record;
    } catch {
      const seen = known.get(hash);
      if (seen !== undefined && nowMs() - seen.atMs < GRACE_MS) return seen.record;
      throw new RouterError('tiers_unavailable', 'Keys cannot be looked up at the moment; try again shortly.');
    }
  }

  return (hash) => {
    const newestMs = nowMs() - refreshMs;
    const seen = known.get(hash);
    if (seen !== undefined && seen.atMs > newestMs) return seen.record;
    const missedAtMs = unknown.get(hash);
    if (missedAtMs !== undefined && missedAtMs > newestMs) return undefined;
    return ask(hash);
  };
}

/** Whatever finds a record by a hash may take its time or not; what decides that it is the one does not tell by its time. */
function sameHash(found: string, presented: string): boolean {
  const [left, right] = [Buffer.from(found), Buffer.from(presented)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
