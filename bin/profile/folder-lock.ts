import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isOver, ownMark, type ProcessMark } from '../../lambda/shared/store/process-mark';
import { UserError } from '../commands/command';
import { makeFolder, writingFault } from './out-folder';

const LOCK = '.tierwise-profile.lock';

/** Works in the folder with every other run kept out of it; `kept` says what is there if it cannot be written any further. */
export async function inLockedFolder<Made>(folder: string, kept: string, work: () => Promise<Made>): Promise<Made> {
  makeFolder(folder);
  let unlock = (): void => {};
  try {
    unlock = lockFolder(folder);
    return await work();
  } catch (error) {
    throw writingFault(error, folder, kept);
  } finally {
    unlock();
  }
}

/** Keeps a second run out of the folder while this one is at work there; returns how to let go of it. */
function lockFolder(folder: string): () => void {
  const file = join(folder, LOCK);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, textOf(ownMark()));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = ownerOf(file);
      if (owner !== undefined && (attempt > 0 || !isLetGo(owner)))
        throw new UserError(`${folder}: another run is at work there (process ${owner.pid}); if not, delete ${file}.`);
      // Of a run that was killed.
      rmSync(file, { force: true });
    }
  }
}

function textOf({ pid, started, space }: ProcessMark): string {
  return `${pid} ${started} ${space}`;
}

/** Undefined where the lock says nothing: its process has ended between making and writing it. */
function ownerOf(file: string): ProcessMark | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [pid = '', started = '', ...space] = text.split(' ');
  return /^\d+$/.test(pid) ? { pid: Number(pid), started, space: space.join(' ') } : undefined;
}

/** A lock that tells no more than a number is believed while any process has it. */
function isLetGo(owner: ProcessMark): boolean {
  if (owner.space !== '') return isOver(owner);
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
