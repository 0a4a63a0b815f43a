import { join } from 'node:path';

/**
 * Of each stack that stays up its own, for several may run in one folder. With port 0, as the demo runs, nobody knows yet
 * which one it will be: the log is that of the last run, or every run would leave a file behind.
 */
export function logFile(of: 'router' | 'watch', port: number): string {
  return join(process.cwd(), 'out', port === 0 ? `local-${of}.log` : `local-${of}-${port}.log`);
}
