import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { plain, plainLines } from './plain';

/** What a command may touch of the process it runs in. */
export interface Terminal {
  /** For results. With `--json` exactly one document goes here and nothing else. */
  readonly out: (text: string) => void;
  /** For messages. */
  readonly err: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  /** A line that a person types. Absent where nobody sits at a terminal. */
  readonly ask?: (question: string) => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Adds one command to the program. Its action throws; the command line alone catches, prints and sets the exit code. */
export type RegisterCommand = (program: Command, terminal: Terminal) => void;

/**
 * Something the user can mend: exit code 1. The message says what was given, what is allowed, what to change, and holds
 * nothing that a terminal would obey.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    message: string,
    /** What `--json` prints beside the message. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(plainLines(message));
  }
}

/** A command below another, whose mistakes point to its own help. */
export function subcommand(parent: Command, name: string): Command {
  return parent.command(name).showHelpAfterError(`(see \`tierwise ${parent.name()} ${name} --help\`)`);
}

export const JSON_OPTION = ['--json', 'print one JSON document on stdout and nothing else'] as const;

/** The text of a file the user named, or of standard input for `-`. */
export async function readInput(name: string, terminal: Terminal): Promise<string> {
  if (name === '-') return terminal.readStdin();
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new UserError(`${name}: no such file.`);
    if (code === 'EISDIR') throw new UserError(`${name}: is a folder; name a file.`);
    throw new UserError(`${name}: cannot be read (${code}).`);
  }
}

/** What messages call an input: `-` alone would tell nobody where to look. */
export function sourceName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** Lines with their columns padded to the widest cell; what a cell says may be anybody's text. */
export function table(texts: readonly (readonly string[])[]): string {
  const rows = texts.map((row) => row.map(plain));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}
