import { bootStack } from './stack';

/** Keeps the local stack up until a signal ends it. */
export async function runStart({ host, port }: { host: string; port: number }): Promise<number> {
  const stack = await bootStack({ host, port, speed: 1 });
  console.log(`tierwise ready ${stack.url}`);
  console.log(
    'Its models are simulated and know the prompts of examples/corpus; the rest is what a deployment runs. Try:',
  );
  console.log(`  curl ${stack.url}/v1/chat/completions -H 'content-type: application/json' \\`);
  console.log(`    -d '{"model": "auto", "messages": [{"role": "user", "content": "Hello."}]}'`);
  await toldToStop();
  await stack.close();
  return 0;
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
