import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, or leaves what is there; a file in its place is an error. Node's own `recursive` never
 * ends where a file system says "no such file" of a folder whose parent is there, as `/proc` does; here that is an error.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (!lacksParent(error, path)) throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

/** The same for work that may not wait. */
export function makeFolderSync(path: string): void {
  try {
    makeOneSync(path);
  } catch (error) {
    if (!lacksParent(error, path)) throw error;
    makeFolderSync(dirname(path));
    makeOneSync(path);
  }
}

/** Somebody else may have made it meanwhile. What is there and is nothing that one can look at is a link that leads nowhere. */
async function makeOne(path: string): Promise<void> {
  await mkdir(path).catch(async (error: unknown) => {
    const found = isThere(error) ? await stat(path).catch(() => undefined) : undefined;
    if (!found?.isDirectory()) throw error;
  });
}

function makeOneSync(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const found = isThere(error) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (!found?.isDirectory()) throw error;
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

function lacksParent(error: unknown, path: string): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path;
}
