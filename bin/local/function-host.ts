/**
 * One function in a process of its own, as Lambda runs it: the bundle named on the command line, the environment it was
 * given and nothing else of its parent's, its log on stdout. Invocations come in as `POST /`, and what the handler
 * streams goes back as it comes: prelude, eight zero bytes, body. `GET /idle` answers once no invocation is under way.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { InvocationContext, Prelude, ProxyEvent, StreamingRuntime } from '../../lambda/router/streaming';

type Handler = (event: ProxyEvent, stream: Writable, context: InvocationContext) => Promise<void>;

/** The longest a function behind a streaming integration may take. */
const TIMEOUT_MS = 15 * 60 * 1000;
const DELIMITER = new Uint8Array(8);

const runtime: StreamingRuntime = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: withPrelude },
};

/** As Lambda's runtime does it: the prelude leaves with the first write, and not before. */
function withPrelude(stream: Writable, prelude: Prelude): Writable {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  let sent = false;
  stream.write = ((chunk: unknown, ...rest: unknown[]) => {
    if (!sent) {
      sent = true;
      write(JSON.stringify(prelude));
      write(DELIMITER);
    }
    return write(chunk, ...rest);
  }) as typeof stream.write;
  return stream;
}

async function host(bundle: string): Promise<void> {
  Object.assign(globalThis, { awslambda: runtime });
  const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };
  const running = new Set<Promise<void>>();

  const invoke = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const endsAtMs = Date.now() + TIMEOUT_MS;
    const context = { getRemainingTimeInMillis: () => endsAtMs - Date.now() };
    await handler((await json(request)) as ProxyEvent, response, context);
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      void Promise.allSettled(running).then(() => response.end());
      return;
    }
    const work = invoke(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}

/**
 * Lives as long as its parent, however that ends: the channel between them closes with it. A terminal sends Ctrl-C to both,
 * and then the parent still has requests to end.
 */
function endWithParent(): void {
  process.once('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}

endWithParent();

host(process.argv[2] as string).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
