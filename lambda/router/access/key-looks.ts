import { tellOutages } from '../../shared/outage';
import type { KeyRecord, KeyStore } from '../../shared/store/key-port';
import { within } from '../within';

export interface KeyLooksOptions {
  readonly keys: Pick<KeyStore, 'byHash'>;
  readonly nowMs: () => number;
  /** What the store said of a hash, and when it was asked: the answer may be older than one that came before it. */
  readonly onAnswer: (hash: string, record: KeyRecord | undefined, askedAtMs: number) => void;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
  /** A look is waited for no longer; what takes longer counts as unreachable. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 2000;
/** A store that could not be reached is left alone for so long: its callers then need not wait each. */
const REST_MS = 1000;
/** Under way at once at most: strangers with invented secrets can neither fill the memory nor flood the store. */
const MOST_LOOKS = 256;

/** Looks at the store for keys by their hash. Callers of the same hash share one look; rejects where there is no answer. */
export function createKeyLooks(options: KeyLooksOptions): (hash: string) => Promise<KeyRecord | undefined> {
  const { keys, nowMs, onAnswer, onUnreachable, patienceMs = PATIENCE_MS } = options;
  const underWay = new Map<string, Promise<KeyRecord | undefined>>();
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  const outage = tellOutages(onUnreachable);

  async function ask(hash: string): Promise<KeyRecord | undefined> {
    const askedAtMs = nowMs();
    const record = await keys.byHash(hash);
    outage.over();
    onAnswer(hash, record, askedAtMs);
    return record;
  }

  async function look(hash: string): Promise<KeyRecord | undefined> {
    try {
      return await within(patienceMs, ask(hash));
    } catch (error) {
      restsUntilMs = nowMs() + REST_MS;
      outage.met(error);
      throw error;
    } finally {
      underWay.delete(hash);
    }
  }

  return (hash) => {
    const shared = underWay.get(hash);
    if (shared !== undefined) return shared;
    if (nowMs() < restsUntilMs) return Promise.reject(new Error('the store could not be reached a moment ago'));
    if (underWay.size >= MOST_LOOKS) return Promise.reject(new Error('too many keys are being looked for'));
    const looking = look(hash);
    underWay.set(hash, looking);
    return looking;
  };
}
