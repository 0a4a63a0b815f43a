/** The command line: parses, calls, prints. Commands throw; here alone errors are printed and turned into exit codes. */

import { Command, CommanderError } from 'commander';
import { StoreRefusal } from '../lambda/shared/store/store-refusal';
import { messageOf } from '../lib/core/message-of';
import packageJson from '../package.json' with { type: 'json' };
import { registerAcknowledge } from './commands/acknowledge';
import { registerBaseline } from './commands/baseline';
import { registerCheck } from './commands/check';
import { type Terminal, UserError } from './commands/command';
import { registerDoctor } from './commands/doctor';
import { registerErase } from './commands/erase';
import { registerExplain } from './commands/explain';
import { registerHistory } from './commands/history';
import { registerKey } from './commands/key';
import { registerOverride } from './commands/override';
import { plainLines } from './commands/plain';
import { registerProfile } from './commands/profile';
import { registerProject } from './commands/project';
import { registerPublish } from './commands/publish';
import { registerReady } from './commands/ready';
import { registerReport } from './commands/report';
import { registerRollback } from './commands/rollback';
import { registerRoute } from './commands/route';
import { registerServe } from './commands/serve';
import { registerStage } from './commands/stage';
import { registerTier } from './commands/tier';

const COMMANDS = [
  registerServe,
  registerCheck,
  registerRoute,
  registerExplain,
  registerReport,
  registerErase,
  registerTier,
  registerOverride,
  registerAcknowledge,
  registerKey,
  registerProfile,
  registerProject,
  registerReady,
  registerBaseline,
  registerPublish,
  registerHistory,
  registerRollback,
  registerDoctor,
  registerStage,
];

/** What a shell sees: all went well, the user can mend it, our fault. */
const EXIT = { ok: 0, user: 1, ours: 2 } as const;

const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

/** Runs one command and resolves with the exit code; never rejects. */
export async function runTierwise(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const root = program(terminal);
    // The general help would answer another question than the one that was asked.
    const asked = namesNoCommand(root, args) ? args.filter((arg) => !HELP.has(arg)) : args;
    await root.parseAsync(asked, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, args, terminal);
  }
}

/** Whether a command is named that is none, be it below one that is. */
function namesNoCommand(parent: Command, args: readonly string[]): boolean {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const name = args[at];
  if (name === undefined || name === 'help' || parent.commands.length === 0) return false;
  const named = parent.commands.find((command) => command.name() === name);
  return named === undefined || namesNoCommand(named, args.slice(at + 1));
}

function program(terminal: Terminal): Command {
  const root = new Command('tierwise')
    .description('A router in front of language models: the cheapest tier that meets the quality bar of each task.')
    .version(packageJson.version)
    .showHelpAfterError('(see `tierwise --help`)')
    .exitOverride()
    .configureOutput({
      writeOut: (message) => terminal.out(message.trimEnd()),
      writeErr: (message) => terminal.err(plainLines(message.trimEnd())),
    });
  for (const register of COMMANDS) register(root, terminal);
  for (const command of root.commands)
    command.exitOverride().showHelpAfterError(`(see \`tierwise ${command.name()} --help\`)`);
  return root;
}

/** Prints what went wrong and says with which code to exit. */
function report(error: unknown, args: readonly string[], terminal: Terminal): number {
  const parsing = error instanceof CommanderError;
  if (parsing && error.exitCode === 0) return EXIT.ok;
  const mendable = parsing || error instanceof UserError || error instanceof StoreRefusal;
  const message = messageOf(error);
  if (args.includes('--json')) {
    const details = error instanceof UserError ? error.details : {};
    terminal.out(JSON.stringify({ ok: false, error: message.replace(/^error: /, ''), ...details }));
  } else if (!mendable) terminal.err(plainLines(`tierwise failed: ${message}`));
  // What could not be parsed has been told already.
  else if (!parsing) terminal.err(plainLines(message));
  const traced = terminal.environment.TIERWISE_DEBUG !== undefined;
  if (!mendable)
    terminal.err((traced && error instanceof Error && error.stack) || 'Set TIERWISE_DEBUG=1 to see where.');
  return mendable ? EXIT.user : EXIT.ours;
}
