/**
 * A function that a schedule invokes, in a process of its own: the bundle named on the command line, every so many
 * milliseconds, with the environment it was given and its log on stdout. A run that fails is followed by the next.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { InvocationContext } from '../../lambda/watch/index';

type Handler = (event: unknown, context: InvocationContext) => Promise<void>;

const TIMEOUT_MS = 4 * 60_000;

async function host(bundle: string, everyMs: number): Promise<never> {
  const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };
  for (;;) {
    const endsAtMs = Date.now() + TIMEOUT_MS;
    await handler({}, { getRemainingTimeInMillis: () => endsAtMs - Date.now() }).catch(console.error);
    await sleep(everyMs);
  }
}

/** Lives as long as its parent, however that ends: the channel between them closes with it. */
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

host(process.argv[2] as string, Number(process.argv[3])).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
