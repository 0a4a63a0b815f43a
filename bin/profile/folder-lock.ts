import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../commands/command';

const LOCK = '.tierwise-profile.lock';

/** Keeps a second run out of the folder while this one is at work there; returns how to let go of it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, LOCK);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = ownerOf(file);
      if (attempt > 0 || isAlive(owner))
        throw new UserError(`${folder}: another run is at work there (process ${owner}); if not, delete ${file}.`);
      // Of a run that was killed.
      rmSync(file, { force: true });
    }
  }
}

function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
