import { existsSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second (USER_HZ), whatever its own clock. */
const TICKS_PER_SECOND = 100;

/** Whether the system tells what its processes cost. */
export const TELLS_COST = existsSync('/proc/self/stat');

/** User and system seconds of a process so far; undefined where the system does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  if (!TELLS_COST) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets, which may hold blanks; user time is the 12th after it, system time next.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process now and at its peak, in MiB. */
export function residentMiB(pid: number): { readonly now: number; readonly peak: number } | undefined {
  if (!TELLS_COST) return undefined;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}
