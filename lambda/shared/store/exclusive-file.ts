import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder';

/**
 * Creates a file with all of its content at once, unless it exists; false when it does. The content is written beside it
 * and linked into place, which the file system does for one process only, so no lock is needed, nobody reads half a file,
 * and nothing is left to mend after a crash. The folder must lie on a file system with hard links.
 */
export async function createExclusively(path: string, text: string): Promise<boolean> {
  const draft = await newDraft(path, text);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** Gives a file all of its content at once, whatever was there. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await rename(await newDraft(path, text), path);
}

/** Makes an empty file, or leaves one that is there. */
export async function touch(path: string): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, 'a');
  await file.close();
}

/** Undefined for a file that is not there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return ifThere(readFile(path, 'utf8'));
}

/** Names of what is in a folder, without the drafts of files that are being made; none where it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names.filter((name) => !name.startsWith('.'));
}

/** What a file system call gives, or undefined where there is nothing at its path. */
export async function ifThere<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A file beside the one that it is to become, on the disk already. */
async function newDraft(path: string, text: string): Promise<string> {
  const folder = dirname(path);
  await makeFolder(folder);
  const draft = join(folder, `.${randomUUID()}.draft`);
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
