import { Agent, type IncomingMessage, request } from 'node:http';
import type { ProxyEvent } from '../../lambda/router/streaming';
import { startFunctionProcess } from './function-process';

/** A function that runs beside this process, and how to invoke it. */
export interface LocalFunction {
  /** What the handler streams: prelude, delimiter and body. */
  invoke(event: ProxyEvent): Promise<IncomingMessage>;
  /** Resolves once no invocation is under way any more, what it does after its answer included. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a bundle with its environment. */
export async function startLocalFunction(
  bundle: string,
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<LocalFunction> {
  const { child, end } = startFunctionProcess('function-host', [bundle], environment, logFile);
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
      await end();
    },
  };
}
