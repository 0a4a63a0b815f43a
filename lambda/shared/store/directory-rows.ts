import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { DOCUMENT_SCHEMA } from '../../../lib/core/contract';
import type { Lifetime } from './documents';
import type { FileLocks } from './file-locks';
import { fileNameFor } from './file-name';
import { makeFolderSync } from './make-folder';
import { parseFile } from './parse-file';

/** A JSON file. Times are UTC milliseconds. */
export interface Row {
  readonly id: string;
  readonly expiresAtMs?: number;
}

/** The rows of one folder, each a file. */
export interface DirectoryRows<Content extends Row> {
  read(id: string): Content | undefined;
  all(): readonly Content[];
  /** Writes what `change` makes of the row, or nothing where it makes undefined of it. Nobody else writes it meanwhile. */
  change(
    id: string,
    change: (found: Content | undefined) => Content | undefined,
    lifetime?: Lifetime,
  ): Promise<Content | undefined>;
  /** False where nothing was there. */
  remove(id: string): Promise<boolean>;
}

const ENDING = '.json';
/** How often a process looks for rows that have expired. */
const SWEEP_MS = 600_000;

export function directoryRows<Content extends Row>(folder: string, locks: FileLocks): DirectoryRows<Content> {
  const pathOf = (id: string) => join(folder, `${fileNameFor(id)}${ENDING}`);
  let sweptAtMs: number | undefined;

  function sweep(nowMs: number): void {
    sweptAtMs ??= nowMs;
    if (nowMs - sweptAtMs < SWEEP_MS) return;
    sweptAtMs = nowMs;
    // What cannot be removed now is there the next time.
    removeExpired(folder, nowMs, locks).catch(() => {});
  }

  return {
    read: (id) => readRow(pathOf(id)),

    all: () =>
      pathsIn(folder)
        .map((path) => readRow<Content>(path))
        .filter((row) => row !== undefined),

    async change(id, change, lifetime) {
      const path = pathOf(id);
      const changed = await locks.under(path, () => {
        const row = change(readRow(path));
        if (row !== undefined) writeRow(path, row);
        return row;
      });
      if (lifetime !== undefined) sweep(lifetime.nowMs);
      return changed;
    },

    remove(id) {
      const path = pathOf(id);
      return locks.under(path, () => removeRow(path));
    },
  };
}

function pathsIn(folder: string): string[] {
  const names = ifThere(() => readdirSync(folder)) ?? [];
  return names.filter((name) => name.endsWith(ENDING)).map((name) => join(folder, name));
}

function readRow<Content extends Row>(path: string): Content | undefined {
  const text = ifThere(() => readFileSync(path, 'utf8'));
  return text === undefined ? undefined : parseFile(path, text, 'put it back from a backup, or delete it');
}

/**
 * Whoever reads finds the row as it was or as it is. What lasts is on the disk before it counts; a power cut may take
 * back the last moments of what passes.
 */
function writeRow(path: string, row: Row): void {
  makeFolderSync(dirname(path));
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w');
  try {
    writeFileSync(file, JSON.stringify({ schema: DOCUMENT_SCHEMA, ...row }));
    if (row.expiresAtMs === undefined) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

function removeRow(path: string): boolean {
  const removed = ifThere(() => {
    unlinkSync(path);
    return true;
  });
  return removed ?? false;
}

/** Beside the requests: looks at each row without its lock first, and never at many at once. */
async function removeExpired(folder: string, nowMs: number, locks: FileLocks): Promise<void> {
  const isExpired = (row: Row | undefined) => row?.expiresAtMs !== undefined && row.expiresAtMs <= nowMs;
  for (const path of pathsIn(folder)) {
    if (isExpired(readRow(path))) {
      await locks.under(path, () => {
        if (isExpired(readRow(path))) unlinkSync(path);
      });
    }
    await setImmediate();
  }
}

function ifThere<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
