import { messageOf } from '../../../lib/core/message-of';
import type { KeyStore } from '../../shared/store/key-port';
import { type CallerOf, trustedCaller } from '../caller';
import { keyedCallers } from './keyed-callers';
import { onceThereAreKeys } from './once-there-are-keys';

/** Who may call, and by which keys. */
export interface Access {
  /**
   * `keyed`: whoever has a key. `trusted`: whoever reaches the router, so it must be reached from its own machine alone.
   * `keyed-once-there-are-keys`: the latter until the store has its first key.
   */
  readonly callers: 'keyed' | 'trusted' | 'keyed-once-there-are-keys';
  /** Where keys are found, in place of the store. Requests are counted in the store all the same. */
  readonly keys?: Pick<KeyStore, 'byHash' | 'list'>;
}

export interface AccessPorts {
  readonly store: KeyStore;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** Takes what the person on call should read. */
  readonly warn: (message: string) => void;
}

/** How the router tells who asks. Whatever is not said to be otherwise needs a key. */
export function compileCallerOf({ callers, keys }: Access, { store, refreshMs, nowMs, warn }: AccessPorts): CallerOf {
  if (callers === 'trusted') return trustedCaller;
  const found = keys ?? store;
  const ports = {
    refreshMs,
    nowMs,
    onUnreachable: (error: unknown) => warn(`callers' keys cannot be looked up: ${messageOf(error)}`),
  };
  const keyed = keyedCallers({
    ...ports,
    keys: {
      byHash: (hash) => found.byHash(hash),
      countRequest: (id, atMs, limit) => store.countRequest(id, atMs, limit),
    },
  });
  return callers === 'keyed-once-there-are-keys'
    ? onceThereAreKeys({ ...ports, keys: found, keyed, trusted: trustedCaller })
    : keyed;
}
