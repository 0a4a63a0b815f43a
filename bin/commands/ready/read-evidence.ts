import * as z from 'zod';
import type { LoadShown, ProjectionShown } from '../../../lib/core/analysis/readiness/facts';
import type { Terminal } from '../command';
import { readDocument } from '../read-document';

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
