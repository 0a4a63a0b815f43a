import { join } from 'node:path';

/** Of each stack its own, for several may run in one folder. With port 0 nobody knows yet which one it will be. */
export function logFile(of: 'router' | 'watch', port: number): string {
  return join(process.cwd(), 'out', `local-${of}-${port === 0 ? `process-${process.pid}` : port}.log`);
}
