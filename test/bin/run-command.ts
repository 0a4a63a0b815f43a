import { Command } from 'commander';
import { type RegisterCommand, UserError } from '../../bin/commands/command';
import type { Variables } from './command-line';

export interface CommandRan {
  readonly out: string;
  readonly err: string;
  /** What the command threw for its user, as the command line prints it. */
  readonly error?: UserError;
}

/** Runs one command in a program of its own, without the rest of the command line. */
export async function runCommand(
  register: RegisterCommand,
  args: readonly string[],
  variables: Variables = {},
  input = '',
): Promise<CommandRan> {
  const said = { out: '', err: '' };
  const program = new Command('tierwise').exitOverride().configureOutput({
    writeOut: (text) => {
      said.out += text;
    },
    writeErr: (text) => {
      said.err += text;
    },
  });
  register(program, {
    out: (text) => {
      said.out += `${text}\n`;
    },
    err: (text) => {
      said.err += `${text}\n`;
    },
    readStdin: async () => input,
    environment: variables,
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return said;
  } catch (error) {
    if (error instanceof UserError) return { ...said, error };
    throw error;
  }
}
