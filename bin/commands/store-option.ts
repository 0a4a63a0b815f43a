import type { Command } from 'commander';
import { openStore } from '../../lambda/shared/store/open';
import type { Store } from '../../lambda/shared/store/port';
import { UserError } from './command';
import { storeFailure } from './store-failure';

export interface StoreOptions {
  readonly store?: string;
  readonly tablePrefix: string;
}

/** Adds the options that say where policies and records are kept. */
export function withStore(command: Command, fallback?: string): Command {
  return command
    .option('--store <folder|dynamodb>', 'where policies and records are kept: a folder, or DynamoDB', fallback)
    .option('--table-prefix <prefix>', 'what the DynamoDB table names begin with', 'tierwise-');
}

/** Opens the store the options name. `memory` is only for a server: nothing else would find it again. */
export async function openNamedStore(
  { store, tablePrefix }: StoreOptions,
  server?: { readonly retentionDays: () => number },
): Promise<Store> {
  if (store === undefined) throw new UserError('Say where policies are kept: --store FOLDER, or --store dynamodb.');
  if (store === 'dynamodb') return openStore({ kind: 'dynamodb', prefix: tablePrefix, ...server });
  if (store !== 'memory') return openStore({ kind: 'directory', path: store });
  if (server === undefined) throw new UserError('--store memory ends with the process; name a folder, or dynamodb.');
  return openStore({ kind: 'memory' });
}

/** What messages call the store. */
export function storeName({ store = '', tablePrefix }: StoreOptions): string {
  return store === 'dynamodb' ? `DynamoDB (tables ${tablePrefix}*)` : store;
}

/** Runs `work` with the store open, and closes it whatever happens. */
export async function usingStore<T>(options: StoreOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openNamedStore(options);
  try {
    return await work(store);
  } catch (error) {
    throw storeFailure(error, storeName(options));
  } finally {
    await store.close();
  }
}
