import { Command, CommanderError } from 'commander';
import type { Terminal } from '../../../bin/commands/command';
import { registerProfile } from '../../../bin/commands/profile';

export interface Ran {
  readonly out: string;
  readonly err: string;
  /** What the command line would print and exit with 1 or 2 for. */
  readonly error?: unknown;
}

/** Runs the command in a program of its own; what it throws is what the command line prints. */
export async function profile(args: readonly string[], environment: Terminal['environment'] = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const program = new Command('tierwise').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  registerProfile(program, {
    out: (text) => {
      out += `${text}\n`;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    readStdin: async () => '',
    environment,
  });
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(['profile', ...args], { from: 'user' });
    return { out, err };
  } catch (error) {
    return { out, err, error };
  }
}

export { CommanderError };
