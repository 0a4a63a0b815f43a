import type { Store } from '../../lambda/shared/store/port';
import type { StateStore } from '../../lambda/shared/store/state-port';
import { rollUpStore } from '../../lambda/watch/watcher';
import { DAY_MS, MINUTE_MS } from '../../lib/core/durations';
import type { AddedUp } from './rollups-between';
import type { StoreOptions } from './store-option';

/** The document in which whoever adds up records says how far he is. */
const STATE = 'rollup';
/** A store that nothing was ever added up in is looked through so far back; a table that is far away, less. */
const FARTHEST_MS = 31 * DAY_MS;

/**
 * How far the records of a store are added up. Where no watch function does it they are added up first; another one that is
 * at it, and a store that may only be read, are left alone. Undefined where nothing ever was.
 */
export async function addedUp(
  store: Store,
  { stack, store: kind }: Pick<StoreOptions, 'stack' | 'store'>,
  period: { readonly fromMs: number },
  nowMs: number,
): Promise<AddedUp | undefined> {
  const backMs = Math.min(FARTHEST_MS, nowMs - period.fromMs + MINUTE_MS);
  const options = kind === 'dynamodb' ? {} : { firstLookMs: backMs };
  if (stack === undefined) await rollUpStore(store, options).catch(() => undefined);
  return reachedBy(store.states);
}

/** How far the records are added up as it is; undefined where nothing ever was. */
export async function reachedBy(states: StateStore): Promise<AddedUp | undefined> {
  const found = await states.read(STATE);
  const { throughMs, sinceMs } = (found?.state ?? {}) as Partial<AddedUp>;
  return throughMs === undefined || sinceMs === undefined ? undefined : { throughMs, sinceMs };
}
