import type * as z from 'zod';
import { describeFault } from '../../lib/core/policy/fault';
import { createFindings } from '../../lib/core/policy/findings';
import { reportIssue } from '../../lib/core/policy/issues';
import { readInput, sourceName, type Terminal, UserError } from './command';

/** A JSON document from a file, every fault of it told with its path; `what` says what it should be. */
export async function readDocument<Value>(
  file: string,
  schema: z.ZodType<Value>,
  what: string,
  terminal: Terminal,
): Promise<Value> {
  const document = parseJson(file, what, await readInput(file, terminal));
  const read = schema.safeParse(document);
  if (read.success) return read.data;
  const findings = createFindings(() => undefined);
  for (const issue of read.error.issues) reportIssue(issue, document, findings);
  const { faults } = findings;
  const lines = faults.map((fault) => `  ${describeFault(fault)}`);
  throw new UserError(`${sourceName(file)} is not ${what}:\n${lines.join('\n')}`, { file, faults });
}

/** What the engine says of a text that is not JSON quotes lines of it, and helps nobody who named the wrong file. */
function parseJson(file: string, what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const empty = text.trim() === '' ? 'it is empty; ' : '';
    throw new UserError(`${sourceName(file)}: not JSON: ${empty}give ${what}.`, { file });
  }
}
