/** `tierwise` as a process: what is printed goes to this terminal, and what is returned to the shell. */

import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { passOverClosedPipes } from './closed-pipe';
import { UserError } from './commands/command';
import { runTierwise } from './tierwise';

passOverClosedPipes();
// The bundle holds the AWS clients it was tested with, so what later ones will ask of Node does not concern its user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function ask(question: string): Promise<string> {
  const { stdin: input, stderr: output } = process;
  const lines = createInterface({ input, output });
  // Without an answer, as by Ctrl-D, the question is closed.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}

process.exitCode = await runTierwise(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  readStdin: () => {
    if (process.stdin.isTTY) throw new UserError('Nothing comes in: name a file, or pipe the input in.');
    return text(process.stdin);
  },
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  environment: process.env,
});
