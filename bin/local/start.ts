import { bootStack } from './stack';

/** Keeps the local stack up until a signal ends it. */
export async function runStart({ host, port }: { host: string; port: number }): Promise<number> {
  const stack = await bootStack({ host, port, speed: 1 });
  console.log(`tierwise ready ${stack.url}`);
  console.log('Its models are simulated; everything else is what a deployment runs. Try:');
  console.log(`  curl ${stack.url}/v1/chat/completions -H 'content-type: application/json' \\`);
  console.log(
    `    -d '{"model": "auto:ticket-triage", "messages": [{"role": "user", "content": "I was charged twice."}]}'`,
  );
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await stack.idle();
  await stack.close();
  return 0;
}
