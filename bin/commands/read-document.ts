import type * as z from 'zod';
import { readInput, sourceName, type Terminal, UserError } from './command';

/** A JSON document from a file, every fault of it told with its path; `what` says what it should be. */
export async function readDocument<Value>(
  file: string,
  schema: z.ZodType<Value>,
  what: string,
  terminal: Terminal,
): Promise<Value> {
  const read = schema.safeParse(parseJson(file, await readInput(file, terminal)));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const lines = faults.map(({ path, message }) => `  ${path === '' ? '(the document)' : path}: ${message}`);
  throw new UserError(`${sourceName(file)} is not ${what}:\n${lines.join('\n')}`, { file, faults });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${sourceName(file)}: not JSON: ${(error as Error).message}`, { file });
  }
}
