/** `npm run demo` and `npm start`: the whole stack on this machine, with simulated models. */

import { runDemo } from './demo';
import { runStart } from './start';

async function main([command, ...flags]: readonly string[]): Promise<number> {
  switch (command) {
    case 'demo':
      return runDemo({ json: flags.includes('--json'), progress: process.stderr.isTTY === true });
    case 'start':
      return runStart({ host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT ?? 8787) });
    default:
      throw new Error('Run `npm run demo` or `npm start`.');
  }
}

// The AWS clients warn of a Node version that will leave support; here that says nothing about a deployment.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
