import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { dirname, join } from 'node:path';
import type { ProxyEvent } from '../../lambda/router/streaming';

/** A function that runs beside this process, and how to invoke it. */
export interface LocalFunction {
  /** What the handler streams: prelude, delimiter and body. */
  invoke(event: ProxyEvent): Promise<IncomingMessage>;
  /** Resolves once no invocation is under way any more, what it does after its answer included. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a bundle with its environment; its log goes to a file, as a deployed function's goes to a log group. */
export async function startLocalFunction(
  bundle: string,
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<LocalFunction> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = fork(join(import.meta.dirname ?? __dirname, 'function-host.ts'), [bundle], {
    env: { ...environment, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) =>
      reject(new Error(`The function could not start (exit code ${code}); see ${logFile}.`)),
    );
  });
  const agent = new Agent({ keepAlive: true });
  const send = (method: string, body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(
        { host: '127.0.0.1', port, method, agent, headers: { 'content-length': Buffer.byteLength(body) } },
        resolve,
      )
        .once('error', reject)
        .end(body);
    });
  return {
    invoke: (event) => send('POST', JSON.stringify(event)),
    idle: async () => void (await send('GET', '')).resume(),
    close: async () => {
      agent.destroy();
      await end(child);
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}

/** The platform ends a function without asking; whoever wants its work done waits until it is idle. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
