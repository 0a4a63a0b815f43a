import { type Command, InvalidArgumentError } from 'commander';
import { holdsStore } from '../../lambda/shared/store/directory-parts';
import { openStore } from '../../lambda/shared/store/open';
import type { Store } from '../../lambda/shared/store/port';
import { regionOf } from '../doctor/region';
import { UserError } from './command';
import { type DeployedStack, readDeployedStack } from './deployed-stack';
import { storeFailure } from './store-failure';

export interface StoreOptions {
  readonly store?: string;
  readonly tablePrefix: string;
  readonly stack?: string;
  readonly region?: string;
}

/** Adds the options that say where policies and records are kept. */
export function withStore(command: Command, fallback?: string): Command {
  return command
    .option('--store <folder|dynamodb>', 'where policies and records are kept: a folder, or DynamoDB', named, fallback)
    .option('--table-prefix <prefix>', 'what the DynamoDB table names begin with', 'tierwise-');
}

/** A shell gives an empty text for a variable that is not set. */
function named(given: string): string {
  if (given.trim() === '') throw new InvalidArgumentError('It names nothing: is a variable of the shell not set?');
  return given;
}

/** Adds the options by which a deployed router is found. */
export function withStack(command: Command): Command {
  return withStore(command)
    .option('--stack <name>', 'the store of a deployed stack, found by its outputs', named)
    .option('--region <region>', 'AWS region of the stack; that of the environment by default');
}

/** The stack the options name, if they name one. */
async function namedStack({ stack, store, region }: StoreOptions): Promise<DeployedStack | undefined> {
  if (stack === undefined) return undefined;
  if (store !== undefined) throw new UserError('Give --stack or --store, not both: a stack has a store of its own.');
  return readDeployedStack(stack, await regionOf(region));
}

/** Opens the store the options name. `memory` is only for a server: nothing else would find it again. */
export async function openNamedStore(
  { store, tablePrefix }: StoreOptions,
  server?: { readonly retentionDays: () => number },
): Promise<Store> {
  if (store === undefined) {
    throw new UserError('Say where policies are kept: --store FOLDER, --store dynamodb, or --stack NAME.');
  }
  if (store === 'dynamodb') return openStore({ kind: 'dynamodb', prefix: tablePrefix, ...server });
  if (store !== 'memory') return openStore({ kind: 'directory', path: store });
  if (server === undefined) throw new UserError('--store memory ends with the process; name a folder, or dynamodb.');
  return openStore({ kind: 'memory' });
}

/** What messages call the store. */
export function storeName({ store = '', tablePrefix, stack }: StoreOptions): string {
  if (stack !== undefined) return `The store of stack ${stack}`;
  return store === 'dynamodb' ? `DynamoDB (tables ${tablePrefix}*)` : store;
}

/**
 * Runs `work` with the store open, and closes it whatever happens. `stack` is what a deployed one says of itself. A folder
 * that holds no store is a mistake, unless the command is one with which a store may begin.
 */
export async function usingStore<T>(
  options: StoreOptions,
  work: (store: Store, stack: DeployedStack | undefined) => Promise<T>,
  { mayBegin = false }: { readonly mayBegin?: boolean } = {},
): Promise<T> {
  const stack = await namedStack(options).catch((error: unknown) => {
    throw storeFailure(error, storeName(options));
  });
  if (!mayBegin && stack === undefined) await refuseNoStore(options);
  const store = await (stack === undefined
    ? openNamedStore(options)
    : openStore({ kind: 'dynamodb', ...stack.tables, region: stack.region }));
  try {
    return await work(store, stack);
  } catch (error) {
    throw storeFailure(error, storeName(options));
  } finally {
    await store.close();
  }
}

async function refuseNoStore({ store }: StoreOptions): Promise<void> {
  if (store === undefined || store === 'dynamodb' || store === 'memory') return;
  const holds = await holdsStore(store).catch((error: unknown) => {
    throw storeFailure(error, store);
  });
  if (!holds) throw new UserError(`There is no store in ${store}: give the folder of \`serve --store\`.`);
}
