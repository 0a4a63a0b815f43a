import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './exclusive-file';
import { makeFolderSync } from './make-folder';
import { isOver, ownMark, type ProcessMark } from './process-mark';

/** Locks beside the files they guard, for any number of processes. */
export interface FileLocks {
  /** Does the work, which may not wait, while nobody else does any at the same path. */
  under<Result>(path: string, work: () => Result): Promise<Result>;
  close(): void;
}

interface Holder extends ProcessMark {
  readonly token: string;
  /** Changes with everything the holder locks or unlocks, anywhere. */
  readonly signOfLife: number;
}

/** A holder of whom nobody here can tell whether it lives is given up after so long without a sign of life. */
const GIVEN_UP_MS = 30_000;
const LOOK_MS = 2;

/**
 * A lock is a hard link to a file that says who holds it, which the file system makes for one process only. It is held for
 * the microseconds of a few calls that do not wait, so only a process killed within them leaves it behind. Such a lock is
 * taken away under a lock of its own, and only while it is still that dead process's: nobody takes one that lives.
 */
export function fileLocks(folder: string, givenUpMs = GIVEN_UP_MS): FileLocks {
  const token = randomUUID();
  const ownFile = join(folder, `${token}.json`);

  function prepare(lock: string): void {
    makeFolderSync(dirname(lock));
    if (existsSync(ownFile)) return;
    makeFolderSync(folder);
    clearAway(folder);
    writeFileSync(ownFile, JSON.stringify({ ...ownMark(), token }));
  }

  /** The folders are made when they are first needed, and again should somebody have removed them. */
  function link(lock: string): boolean {
    try {
      return linkExclusively(ownFile, lock);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      prepare(lock);
      return linkExclusively(ownFile, lock);
    }
  }

  async function under<Result>(path: string, work: () => Result): Promise<Result> {
    const lock = `${path}.lock`;
    let watched: { readonly holder: Holder; readonly sinceMs: number } | undefined;
    while (!link(lock)) {
      const holder = holderOf(lock);
      if (holder === undefined) continue;
      if (watched === undefined || !isSameMoment(watched.holder, holder)) {
        watched = { holder, sinceMs: performance.now() };
      }
      if (isOver(holder) || performance.now() - watched.sinceMs > givenUpMs) await takeAway(path, lock, holder);
      else await sleep(LOOK_MS * (0.5 + Math.random()));
    }
    try {
      return work();
    } finally {
      unlinkSync(lock);
    }
  }

  function takeAway(path: string, lock: string, holder: Holder): Promise<void> {
    return under(`${path}.${holder.token}`, () => {
      if (holderOf(lock)?.token === holder.token) unlinkSync(lock);
    });
  }

  return {
    under,
    close() {
      try {
        unlinkSync(ownFile);
      } catch (error) {
        // Nothing was ever locked, perhaps because there is no such folder.
        if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error;
      }
    },
  };
}

function linkExclusively(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes what processes that are over have left. A lock of theirs stays: it is a link of its own. */
function clearAway(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      if (isOver(JSON.parse(readFileSync(path, 'utf8')))) unlinkSync(path);
    } catch {
      // Being written, or cleared away by somebody else.
    }
  }
}

/** Undefined where the lock is gone by now. */
function holderOf(lock: string): Holder | undefined {
  try {
    const mark: ProcessMark & { readonly token: string } = JSON.parse(readFileSync(lock, 'utf8'));
    return { ...mark, signOfLife: statSync(lock).ctimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isSameMoment(left: Holder, right: Holder): boolean {
  return left.token === right.token && left.signOfLife === right.signOfLife;
}
