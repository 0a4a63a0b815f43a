import { newKey } from '../../lambda/router/access/new-key';
import { isLoopback } from '../commands/key/loopback';
import { bootStack, type LocalStack } from './stack';

/** Nobody who tries it out waits for five minutes. */
const WATCH_EVERY_MS = 5000;

/** Keeps the local stack up until a signal ends it. */
export async function runStart({ host, port }: { host: string; port: number }): Promise<number> {
  const stack = await bootStack({ host, port, speed: 1, watchEveryMs: WATCH_EVERY_MS });
  const header = isLoopback(host) ? '' : `-H 'authorization: Bearer ${await makeKey(stack)}' `;
  console.log(`tierwise ready ${stack.url}`);
  console.log(
    'Its models are simulated and know the prompts of examples/corpus; the rest is what a deployment runs. Try:',
  );
  console.log(`  curl ${stack.url}/v1/chat/completions ${header}-H 'content-type: application/json' \\`);
  console.log(`    -d '{"model": "auto", "messages": [{"role": "user", "content": "Hello."}]}'`);
  console.log(`and open ${stack.url} in a browser to watch it.`);
  await toldToStop();
  await stack.close();
  return 0;
}

/** The tables are new with every start, so where callers need a key there is none yet. */
async function makeKey({ store }: LocalStack): Promise<string> {
  const { record, secret } = newKey({ customer: 'local', operator: true }, Date.now());
  await store.keys.add(record);
  return secret;
}

/** Resolves at the first signal; a second one ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
