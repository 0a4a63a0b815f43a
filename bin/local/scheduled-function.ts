import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A function that runs beside this process again and again. */
export interface ScheduledFunction {
  close(): Promise<void>;
}

export interface ScheduleOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly everyMs: number;
  /** Where its log goes, as a deployed function's goes to a log group. */
  readonly logFile: string;
}

/** Starts a bundle on a schedule, with its environment. */
export function startScheduledFunction(bundle: string, options: ScheduleOptions): ScheduledFunction {
  const { environment, everyMs, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = fork(join(import.meta.dirname ?? __dirname, 'scheduled-host.ts'), [bundle, String(everyMs)], {
    env: { ...environment, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return {
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
      }
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}
