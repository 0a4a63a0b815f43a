import * as z from 'zod';
import type { LoadShown, ProjectionShown } from '../../../lib/core/analysis/readiness/facts';
import { readInput, sourceName, type Terminal, UserError } from '../command';

const amount = z.number().nonnegative();

const load = z.looseObject({
  requests: z.number().positive(),
  errors: amount,
  seconds: z.number().positive(),
  latencyMs: z.looseObject({ p95: amount.optional(), p99: amount.optional() }),
  limitMs: z.number().positive().optional(),
});

const projection = z.looseObject({
  policy: z.looseObject({ id: z.string() }),
  volume: amount,
  monthlyUsd: amount,
});

/** What a load test told. */
export async function readLoad(file: string, terminal: Terminal): Promise<LoadShown> {
  const read = await readDocument(
    file,
    load,
    'a load: {requests, errors, seconds, latencyMs: {p95}, limitMs?}',
    terminal,
  );
  return read as LoadShown;
}

/** What `tierwise project --json` printed. */
export function readProjection(file: string, terminal: Terminal): Promise<ProjectionShown> {
  return readDocument(file, projection, 'a projection, as tierwise project --json prints it', terminal);
}

async function readDocument<Value>(
  file: string,
  schema: z.ZodType<Value>,
  what: string,
  terminal: Terminal,
): Promise<Value> {
  const text = await readInput(file, terminal);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${sourceName(file)}: not JSON: ${(error as Error).message}`, { file });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const lines = faults.map(({ path, message }) => `  ${path === '' ? '(the document)' : path}: ${message}`);
  throw new UserError(`${sourceName(file)} is not ${what}:\n${lines.join('\n')}`, { file, faults });
}
