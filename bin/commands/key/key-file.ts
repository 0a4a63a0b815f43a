import { randomUUID } from 'node:crypto';
import { chmod, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyRecord, KeyStore } from '../../../lambda/shared/store/key-port';
import { makeFolder } from '../../../lambda/shared/store/make-folder';
import { DOCUMENT_SCHEMA } from '../../../lib/core/contract';
import { UserError } from '../command';
import { readKeyRecord } from './key-record';

export type KeyFile = Pick<KeyStore, 'byHash' | 'add' | 'revoke' | 'list'>;

/** How long another process may take to change the file. */
const LOCK_PATIENCE_MS = 5000;
const LOCK_LOOK_MS = 20;

/** Keys in one JSON file, for a router without a store. Whoever reads it sees it whole, as it is or as it was. */
export function openKeyFile(path: string): KeyFile {
  let read: { readonly mark: string; readonly keys: readonly KeyRecord[] } | undefined;

  /** Reads the file again only when it is another than it was. */
  async function list(): Promise<readonly KeyRecord[]> {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    const mark = [mtimeNs, ctimeNs, size, ino].join();
    if (read?.mark !== mark) read = { mark, keys: parseKeys(await readFile(path, 'utf8'), path) };
    return read.keys;
  }

  const change = <Result>(
    make: (keys: readonly KeyRecord[]) => { keys: readonly KeyRecord[]; result: Result },
  ): Promise<Result> =>
    locked(path, async () => {
      const before = await keysIfThere(path);
      const { keys, result } = make(before);
      if (keys !== before) await replace(path, keys);
      return result;
    });

  return {
    list,
    byHash: async (hash) => (await list()).find((record) => record.hash === hash),
    async add(record) {
      // What is in the way of a folder shows when the file is written.
      await makeFolder(dirname(path)).catch(() => {});
      return change((keys) =>
        keys.some(({ id, hash }) => id === record.id || hash === record.hash)
          ? { keys, result: false }
          : { keys: [...keys, record], result: true },
      );
    },

    revoke: (id, atMs) =>
      change((keys) => {
        const found = keys.find((record) => record.id === id);
        if (found === undefined || found.revokedAt !== undefined) return { keys, result: found };
        const revoked = { ...found, revokedAt: new Date(atMs).toISOString() };
        return { keys: keys.map((record) => (record === found ? revoked : record)), result: revoked };
      }),
  };
}

async function keysIfThere(path: string): Promise<readonly KeyRecord[]> {
  try {
    return parseKeys(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function parseKeys(text: string, path: string): readonly KeyRecord[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's own message would quote the file.
    throw new UserError(`${path}: is not JSON; it is written by tierwise key create --keys ${path}.`);
  }
  const { schema, keys } = (document ?? {}) as { schema?: unknown; keys?: unknown };
  if (schema !== DOCUMENT_SCHEMA || !Array.isArray(keys)) {
    throw new UserError(`${path}: holds no keys; expected {"schema": ${DOCUMENT_SCHEMA}, "keys": [...]}.`);
  }
  return keys.map((key, index) => readKeyRecord(key, `${path}: keys[${index}]`));
}

/** Written beside the file and moved into its place. Only its owner may read a new one; of an old one the mode stays. */
async function replace(path: string, keys: readonly KeyRecord[]): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`;
  const mode = await stat(path).then(
    (old) => old.mode & 0o777,
    () => 0o600,
  );
  try {
    await writeFile(draft, `${JSON.stringify({ schema: DOCUMENT_SCHEMA, keys }, undefined, 2)}\n`, {
      mode,
      flag: 'wx',
      flush: true,
    });
    await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  }
}

async function locked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${path}.lock`;
  const endsAtMs = Date.now() + LOCK_PATIENCE_MS;
  while (!(await taken(lock))) {
    if (Date.now() > endsAtMs) {
      throw new UserError(`${path}: another process is changing it; if none is, delete ${lock} and try again.`);
    }
    await sleep(LOCK_LOOK_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(lock);
  }
}

/** Made by one process only. */
async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
