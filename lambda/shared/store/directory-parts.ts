import { randomUUID } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from './exclusive-file';
import { makeFolder } from './make-folder';

/** The folders of a store in a folder. */
export const PARTS = { policy: 'policy', attribution: 'attribution', access: 'access' } as const;

/** What a router writes to all the time; policies are published by others. */
const ROUTER_PARTS = [PARTS.attribution, PARTS.access];

/** Whether a store was ever written to in a folder. It makes none of its own to say so. */
export async function holdsStore(path: string): Promise<boolean> {
  const names = new Set(await namesIn(path));
  return Object.values(PARTS).some((part) => names.has(part));
}

/** Makes what a router needs of the store, and rejects where it could not keep its records there. */
export async function prepareForRouter(path: string): Promise<void> {
  for (const part of ROUTER_PARTS) {
    const folder = join(path, part);
    await makeFolder(folder);
    const draft = join(folder, `.${randomUUID()}.draft`);
    await writeFile(draft, 'may a router write here?', { flag: 'wx' });
    await unlink(draft);
  }
}
