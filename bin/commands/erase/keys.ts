import { randomBytes } from 'node:crypto';
import { keyState } from '../../../lambda/router/access/key-state';
import type { KeyRecord } from '../../../lambda/shared/store/key-port';
import type { Store } from '../../../lambda/shared/store/port';
import { counted } from '../../../lib/core/figures';
import { ERASED } from '../../../lib/core/telemetry/rollup/erased';
import { UserError } from '../command';

export function liveKeys(keys: readonly KeyRecord[], nowMs: number): KeyRecord[] {
  return keys.filter((key) => keyState(key, nowMs) === 'active');
}

/**
 * Removes keys, which are refused then like any that never was, and says how many. Routers on one machine ask for keys once
 * there are any in the store, and so they shall go on doing: where none would be left, a revoked one of nobody stays.
 */
export async function removeKeys(
  { keys: store, erasure }: Pick<Store, 'keys' | 'erasure'>,
  keys: readonly KeyRecord[],
  nowMs: number,
): Promise<number> {
  if (keys.length === 0) return 0;
  const ids = new Set(keys.map(({ id }) => id));
  const areOthers = (await store.list()).some(({ id }) => !ids.has(id));
  if (!areOthers) await store.add(nobodysKey(nowMs));
  let removed = 0;
  for (const key of keys) if (await erasure.removeKey(key)) removed += 1;
  return removed;
}

function nobodysKey(nowMs: number): KeyRecord {
  const at = new Date(nowMs).toISOString();
  return {
    id: `key-${randomBytes(8).toString('hex')}`,
    hash: randomBytes(32).toString('hex'),
    customer: ERASED,
    operator: false,
    createdAt: at,
    revokedAt: at,
  };
}

/** A customer who can still send requests is not gone when the command ends. */
export async function refuseLiveKeys(
  store: Store['keys'],
  customer: string,
  mayRevoke: boolean,
  nowMs: number,
): Promise<void> {
  const live = liveKeys(await store.list(), nowMs).filter((key) => key.customer === customer);
  if (live.length === 0 || mayRevoke) return;
  const ids = live.map(({ id }) => id);
  throw new UserError(
    `The customer still has ${counted(ids.length, 'live key')}: ${ids.join(', ')}. Nothing was changed. Say --revoke-keys, ` +
      'or revoke them first: tierwise key revoke ID.',
    { liveKeys: ids },
  );
}
