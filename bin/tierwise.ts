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
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.user;
  const json = process.argv.includes('--json');
  const known = error instanceof UserError || error instanceof StoreRefusal;
  const message = error instanceof Error ? error.message : String(error);
  if (json)
    terminal.out(JSON.stringify({ ok: false, error: message, ...(error instanceof UserError && error.details) }));
  else terminal.err(known ? message : `tierwise failed: ${message}`);
  if (!known && process.env['TIERWISE_DEBUG'] && error instanceof Error) terminal.err(error.stack ?? '');
  return known ? EXIT.user : EXIT.ours;
}

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}
