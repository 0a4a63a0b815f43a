import { tellOutages } from './outage';
import { createPoller, type Poller } from './poller';
import type { ActivePolicy, PolicyStore, StoredPolicy } from './store/policy-port';
import { StoreCorruptError } from './store/store-refusal';

/** A policy ready for use, and where it is from. */
export interface PolicyInForce<Loaded> {
  readonly loaded: Loaded;
  /** The store's number; absent for the fallback. */
  readonly version?: string;
  /** When it came into force in this process, UTC milliseconds. */
  readonly loadedAtMs: number;
  /**
   * When the store last said that this is the active version, or that it has none; before it first did, the start. Stands
   * still while the store is down or its active version is refused.
   */
  readonly checkedAtMs: number;
  /** The store's active version, where that could not be loaded and this one stands in. */
  readonly refused?: { readonly version: string; readonly error: unknown };
}

export interface PolicyRefresherOptions<Loaded> {
  readonly store: Pick<PolicyStore, 'active' | 'read'>;
  /** Makes a stored document ready. What it throws means that the document is bad. */
  readonly load: (document: unknown, version: string) => Promise<Loaded>;
  /** In force until the store has an active version that loads. */
  readonly fallback?: Loaded | undefined;
  /** Between two looks at the store. Default 10 seconds. */
  readonly intervalMs?: number;
  /** Told once of each bad version. */
  readonly onRefused: (error: unknown, version: string) => void;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable?: (error: unknown) => void;
  /** UTC milliseconds. */
  readonly now?: () => number;
}

export interface PolicyRefresher<Loaded> extends Pick<Poller<unknown>, 'start' | 'stop' | 'poke'> {
  current(): PolicyInForce<Loaded> | undefined;
  /** Looks at the store, beginning after this call, and waits for it. Never rejects. */
  refreshNow(): Promise<void>;
}

const INTERVAL_MS = 10_000;
/** Versions kept ready, so that going back to one costs nothing. */
const READY_VERSIONS = 5;

/**
 * Keeps the store's active policy in force, one look at a time and never on the path of a request. Whatever goes wrong,
 * the last good policy stays.
 */
export function createPolicyRefresher<Loaded>(options: PolicyRefresherOptions<Loaded>): PolicyRefresher<Loaded> {
  const { store, load, fallback, intervalMs = INTERVAL_MS, onRefused, onUnreachable, now = Date.now } = options;
  const ready = new Map<string, Loaded>();
  let inForce: InForce<Loaded> | undefined =
    fallback === undefined ? undefined : { loaded: fallback, loadedAtMs: now() };
  let refused: Refusal | undefined;
  let checkedAtMs = now();
  const poller = createPoller({
    look,
    intervalMs,
    nowMs: now,
    outage: tellOutages((error) => onUnreachable?.(error)),
  });

  async function look(): Promise<void> {
    try {
      const active = await store.active();
      if (active === undefined) refused = undefined;
      else await follow(active);
      if (refused === undefined) checkedAtMs = now();
    } catch (error) {
      if (!(error instanceof StoreCorruptError)) throw error;
      refuse('pointer', 'active', error);
    }
  }

  async function follow(active: ActivePolicy): Promise<void> {
    const key = `${active.version}:${active.hash}`;
    if (key === refused?.key) return;
    const version = String(active.version);
    if (key !== inForce?.key) {
      const found = ready.has(key) ? { loaded: ready.get(key) as Loaded } : await prepare(store, load, active);
      if ('fault' in found) return refuse(key, version, found.fault);
      keepReady(key, found.loaded);
      inForce = { loaded: found.loaded, version, loadedAtMs: now(), key };
    }
    refused = undefined;
  }

  function keepReady(key: string, loaded: Loaded): void {
    ready.delete(key);
    ready.set(key, loaded);
    const [oldest] = ready.keys();
    if (ready.size > READY_VERSIONS && oldest !== undefined) ready.delete(oldest);
  }

  function refuse(key: string, version: string, error: unknown): void {
    const known = refused?.key === key;
    refused = { key, version, error };
    if (!known) onRefused(error, version);
  }

  return {
    current() {
      if (inForce === undefined) return undefined;
      const { loaded, loadedAtMs, version } = inForce;
      return {
        loaded,
        loadedAtMs,
        checkedAtMs,
        ...(version !== undefined && { version }),
        ...(refused && { refused: { version: refused.version, error: refused.error } }),
      };
    },

    start: poller.start,
    stop: poller.stop,
    refreshNow: poller.lookAfresh,
    poke: poller.poke,
  };
}

interface InForce<Loaded> {
  readonly loaded: Loaded;
  readonly loadedAtMs: number;
  /** A fallback has neither this nor the next. */
  readonly version?: string;
  /** Version and hash. */
  readonly key?: string;
}

interface Refusal {
  readonly key: string;
  readonly version: string;
  readonly error: unknown;
}

/** The active version made ready, or what is wrong with it. Throws only where the store cannot be reached. */
async function prepare<Loaded>(
  store: Pick<PolicyStore, 'read'>,
  load: PolicyRefresherOptions<Loaded>['load'],
  active: ActivePolicy,
): Promise<{ readonly loaded: Loaded } | { readonly fault: unknown }> {
  const stored = await readActive(store, active);
  if (stored instanceof StoreCorruptError) return { fault: stored };
  try {
    return { loaded: await load(stored.document, String(active.version)) };
  } catch (fault) {
    return { fault };
  }
}

async function readActive(
  store: Pick<PolicyStore, 'read'>,
  { version, hash }: ActivePolicy,
): Promise<StoredPolicy | StoreCorruptError> {
  try {
    const stored = await store.read(version);
    if (stored === undefined) return new StoreCorruptError(version, 'is active, but it is not there');
    return stored.hash === hash ? stored : new StoreCorruptError(version, 'has another hash than the active pointer');
  } catch (error) {
    if (error instanceof StoreCorruptError) return error;
    throw error;
  }
}
