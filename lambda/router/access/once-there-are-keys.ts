import { RouterError } from '../../../lib/core/errors';
import { tellOutages } from '../../shared/outage';
import { createPoller } from '../../shared/poller';
import type { KeyStore } from '../../shared/store/key-port';
import type { CallerOf } from '../caller';
import { within } from '../within';
import { GRACE_MS } from './known-keys';

export interface OnceThereAreKeysOptions {
  readonly keys: Pick<KeyStore, 'list'>;
  readonly keyed: CallerOf;
  readonly trusted: CallerOf;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

const PATIENCE_MS = 2000;

/**
 * Callers of the same machine need no key until the store has its first; from then on they do for good, be it revoked
 * later. Where the store cannot say whether there is one, and has not for `GRACE_MS`, nobody gets in.
 */
export function onceThereAreKeys(options: OnceThereAreKeysOptions): CallerOf {
  const { keys, keyed, trusted, refreshMs, nowMs, onUnreachable } = options;
  const areThere = createPoller({
    look: async () => (await within(PATIENCE_MS, keys.list())).length > 0,
    intervalMs: refreshMs,
    nowMs,
    outage: tellOutages(onUnreachable),
  });

  function askedAgoMs(): number {
    return nowMs() - (areThere.last()?.askedAtMs ?? Number.NEGATIVE_INFINITY);
  }

  return async (request) => {
    // Once there were some there is nothing more to ask.
    if (!areThere.last()?.seen && askedAgoMs() >= refreshMs) await areThere.look();
    if (areThere.last()?.seen) return keyed(request);
    if (askedAgoMs() < GRACE_MS) return trusted(request);
    throw new RouterError('tiers_unavailable', 'Whether callers need a key cannot be looked up at the moment.');
  };
}
