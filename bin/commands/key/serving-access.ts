import type { Access } from '../../../lambda/router/access/callers';
import { UserError } from '../command';
import { type StoreOptions, storeName, usingStore } from '../store-option';
import { openKeyFile } from './key-file';
import { keyFileFailure } from './key-option';
import { isLoopback } from './loopback';

export interface ServingOptions extends StoreOptions {
  readonly host: string;
  readonly keys?: string;
}

/**
 * Who may call a router that listens on `host`. With a file of keys, or where other machines reach it: whoever has a key,
 * and a router that has none does not start there. Else callers need none until its store has its first.
 */
export async function servingAccess(options: ServingOptions): Promise<Access> {
  const { host, keys, store } = options;
  if (keys !== undefined) return { callers: 'keyed', keys: await readableKeyFile(keys) };
  if (isLoopback(host)) return { callers: store === 'memory' ? 'trusted' : 'keyed-once-there-are-keys' };
  if (store === 'memory') throw withoutKeys(host, 'and a store in memory has none');
  const found = await usingStore(options, (opened) => opened.keys.list(), { mayBegin: true });
  if (found.length === 0) throw withoutKeys(host, `and ${storeName(options)} has none`);
  return { callers: 'keyed' };
}

async function readableKeyFile(path: string): Promise<Required<Access>['keys']> {
  const file = openKeyFile(path);
  try {
    await file.list();
  } catch (error) {
    throw keyFileFailure(error, path);
  }
  return file;
}

function withoutKeys(host: string, why: string): UserError {
  return new UserError(
    `--host ${host}: without keys the router listens on loopback only (127.0.0.1, ::1, localhost), ${why}. Make one with ` +
      'tierwise key create --customer C, with --keys FILE or --store FOLDER|dynamodb, and give the same to serve.',
  );
}
