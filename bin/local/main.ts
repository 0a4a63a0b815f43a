/** `npm run demo` and `npm start`: the whole stack on this machine, with simulated models. */

import { passOverClosedPipes } from '../closed-pipe';
import { wholeNumber } from '../commands/whole-number';
import { runDemo } from './demo';
import { endOnSignal } from './end-on-signal';
import { runStart } from './start';

async function main([command, ...flags]: readonly string[]): Promise<number> {
  const { HOST = '127.0.0.1', PORT = '8787' } = process.env;
  const json = command === 'demo' && flags.includes('--json');
  const unknown = flags.find((flag) => !(json && flag === '--json'));
  if (unknown !== undefined) {
    throw new Error(`${unknown}: no such option; allowed: ${command === 'demo' ? '--json' : 'none'}.`);
  }
  switch (command) {
    case 'demo':
      endOnSignal();
      return runDemo({ json, progress: process.stderr.isTTY === true });
    case 'start':
      return runStart({ host: HOST, port: wholeNumber('PORT', PORT, 0, 65_535) });
    default:
      throw new Error('Run `npm run demo` or `npm start`.');
  }
}

passOverClosedPipes();
// The AWS clients warn of a Node version that will leave support; here that says nothing about a deployment.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
