import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FunctionProcess {
  readonly child: ChildProcess;
  /** The platform ends a function without asking; whoever wants its work done waits until it is idle. */
  end(): Promise<void>;
}

/** Starts a host of this folder that runs a bundle; its log goes to a file, as a deployed function's goes to a log group. */
export function startFunctionProcess(
  host: 'function-host' | 'scheduled-host',
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
): FunctionProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = fork(join(import.meta.dirname ?? __dirname, `${host}.ts`), parameters, {
    env: { ...environment, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return {
    child,
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
      }
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}
