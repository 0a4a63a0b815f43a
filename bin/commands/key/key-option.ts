import type { Command } from 'commander';
import type { KeyStore } from '../../../lambda/shared/store/key-port';
import type { Store } from '../../../lambda/shared/store/port';
import { JSON_OPTION, UserError } from '../command';
import { storeFailure } from '../store-failure';
import { type StoreOptions, storeName, usingStore, withStack } from '../store-option';
import { openKeyFile } from './key-file';

export interface KeyOptions extends StoreOptions {
  readonly keys?: string;
  readonly json?: boolean;
}

/** Where keys are kept, and where the policy is in whose words they speak; a file of keys stands by itself. */
export interface KeyPlace {
  readonly keys: Pick<KeyStore, 'add' | 'revoke' | 'list'>;
  readonly store?: Pick<Store, 'policies' | 'states'>;
}

/** Adds the options that say where keys are kept. */
export function withKeys(command: Command): Command {
  return withStack(command)
    .option('--keys <file>', 'a JSON file of keys, for `tierwise serve --keys`, in place of a store')
    .option(...JSON_OPTION);
}

/** What messages call the place. */
export function keyPlaceName(options: KeyOptions): string {
  return options.keys ?? storeName(options);
}

/** A failure of a file of keys that the user can mend, in his words; any other as it came. */
export function keyFileFailure(error: unknown, file: string): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? new UserError(`${file}: no such file; tierwise key create --customer C --keys ${file} makes it.`)
    : storeFailure(error, file);
}

export async function usingKeys<Result>(
  options: KeyOptions,
  work: (place: KeyPlace) => Promise<Result>,
  begin: { readonly mayBegin?: boolean } = {},
): Promise<Result> {
  const { keys: file, store, stack } = options;
  if (file === undefined && store === undefined && stack === undefined) {
    throw new UserError(
      'Say where keys are kept: --store FOLDER, --store dynamodb, --stack NAME for a deployed stack, or --keys FILE.',
    );
  }
  if (file === undefined) return usingStore(options, (opened) => work({ keys: opened.keys, store: opened }), begin);
  if (store !== undefined || stack !== undefined) {
    throw new UserError(`Give --keys or --${store === undefined ? 'stack' : 'store'}, not both.`);
  }
  try {
    return await work({ keys: openKeyFile(file) });
  } catch (error) {
    throw keyFileFailure(error, file);
  }
}
