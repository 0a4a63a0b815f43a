/** The command line: parses, calls, prints. Commands throw; here alone errors are printed and turned into exit codes. */

import { text } from 'node:stream/consumers';
import { Command, CommanderError } from 'commander';
import { StoreRefusal } from '../lambda/shared/store/port';
import packageJson from '../package.json' with { type: 'json' };
import { registerCheck } from './commands/check';
import { type Terminal, UserError } from './commands/command';
import { registerHistory } from './commands/history';
import { registerPublish } from './commands/publish';
import { registerRollback } from './commands/rollback';
import { registerRoute } from './commands/route';
import { registerServe } from './commands/serve';

const COMMANDS = [registerServe, registerCheck, registerRoute, registerPublish, registerHistory, registerRollback];

/** What a shell sees: all went well, the user can mend it, our fault. */
const EXIT = { ok: 0, user: 1, ours: 2 } as const;

const DEBUG = process.env['TIERWISE_DEBUG'] !== undefined;

const terminal: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  readStdin: () => {
    if (process.stdin.isTTY) throw new UserError('Nothing comes in: name a file, or pipe the input in.');
    return text(process.stdin);
  },
  environment: process.env,
};

function program(): Command {
  const root = new Command('tierwise')
    .description('A router in front of language models: the cheapest tier that meets the quality bar of each task.')
    .version(packageJson.version)
    .showHelpAfterError('(see `tierwise --help`)')
    .exitOverride()
    .configureOutput({ writeErr: (message) => process.stderr.write(message) });
  for (const register of COMMANDS) register(root, terminal);
  for (const command of root.commands)
    command.exitOverride().showHelpAfterError(`(see \`tierwise ${command.name()} --help\`)`);
  return root;
}

/** Prints what went wrong and says with which code to exit. */
function report(error: unknown): number {
  const parsing = error instanceof CommanderError;
  if (parsing && error.exitCode === 0) return EXIT.ok;
  const mendable = parsing || error instanceof UserError || error instanceof StoreRefusal;
  const message = error instanceof Error ? error.message : String(error);
  if (process.argv.includes('--json')) {
    const details = error instanceof UserError ? error.details : {};
    terminal.out(JSON.stringify({ ok: false, error: message.replace(/^error: /, ''), ...details }));
  } else if (!mendable) {
    terminal.err(`tierwise failed: ${message}`);
    terminal.err((DEBUG && error instanceof Error && error.stack) || 'Set TIERWISE_DEBUG=1 to see where.');
  } else if (!parsing) {
    // What could not be parsed has been told already.
    terminal.err(message);
  }
  return mendable ? EXIT.user : EXIT.ours;
}

// A reader that has seen enough, such as `head`, is nothing to fail for.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// The bundle holds the AWS clients it was tested with, so what later ones will ask of Node does not concern its user.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}
