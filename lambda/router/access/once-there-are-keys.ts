import { RouterError } from '../../../lib/core/errors';
import type { KeyStore } from '../../shared/store/port';
import type { CallerOf } from '../caller';
import { GRACE_MS } from './known-keys';
import { within } from './within';

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
  let inForce = false;
  let noneAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let reachable = true;

  async function look(): Promise<void> {
    const askedAtMs = nowMs();
    try {
      inForce = (await within(PATIENCE_MS, keys.list())).length > 0;
      noneAtMs = askedAtMs;
      reachable = true;
    } catch (error) {
      if (reachable) onUnreachable(error);
      reachable = false;
    }
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  return async (request) => {
    if (!inForce && nowMs() - noneAtMs >= refreshMs) await lookOnce();
    if (inForce) return keyed(request);
    if (nowMs() - noneAtMs < GRACE_MS) return trusted(request);
    throw new RouterError('tiers_unavailable', 'Whether callers need a key cannot be looked up at the moment.');
  };
}
