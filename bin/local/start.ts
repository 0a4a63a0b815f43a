import { newKey } from '../../lambda/router/access/new-key';
import { isLoopback } from '../commands/key/loopback';
import { onSignals } from '../on-signals';
import { endOnSignal } from './end-on-signal';
import { bootStack, type LocalStack } from './stack';

/** Nobody who tries it out waits for five minutes. */
const WATCH_EVERY_MS = 5000;

/** Keeps the local stack up until a signal ends it. */
export async function runStart({ host, port }: { host: string; port: number }): Promise<number> {
  const untilReady = endOnSignal();
  const stack = await bootStack({ host, port, speed: 1, watchEveryMs: WATCH_EVERY_MS });
  untilReady();
  const told = toldToStop();
  const header = isLoopback(host) ? '' : `-H 'authorization: Bearer ${await makeKey(stack)}' `;
  console.log(`tierwise ready ${stack.url}`);
  console.log(
    'Its models are simulated and know the prompts of examples/corpus; the rest is what a deployment runs. Try:',
  );
  console.log(`  curl ${stack.url}/v1/chat/completions ${header}-H 'content-type: application/json' \\`);
  console.log(`    -d '{"model": "auto", "messages": [{"role": "user", "content": "Hello."}]}'`);
  console.log(`and open ${stack.url} in a browser to watch it. For the command line, in another terminal:`);
  console.log(
    `  export ${Object.entries(stack.commandLine)
      .map((pair) => pair.join('='))
      .join(' ')}`,
  );
  console.log(`  npx tierwise report --stack ${stack.name}`);
  await told;
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
    onSignals({ first: resolve, again: () => process.exit(1) });
  });
}
