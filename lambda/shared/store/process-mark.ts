import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from every other, also from a later one with the same number. */
export interface ProcessMark {
  /** Where its number counts: a machine, or a container on one. */
  readonly space: string;
  readonly pid: number;
  /** When it began, in the system's own count; empty where the system does not say. */
  readonly started: string;
}

export function ownMark(): ProcessMark {
  return { space: ownSpace(), pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** Whether the process is certainly over. It never is again alive, so whoever finds this may rely on it. */
export function isOver({ space, pid, started }: ProcessMark): boolean {
  if (space !== ownSpace()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = startOf(pid);
  return now !== undefined && now !== started;
}

/** Containers may share the name of their machine. */
function ownSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Linux alone says it. A process that has ended and only waits for its parent to notice is given a beginning that none has. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // After the name, which may hold anything, brackets too: the state, and 19 fields on the moment it began.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'never' : fields[19];
  } catch {
    return undefined;
  }
}
