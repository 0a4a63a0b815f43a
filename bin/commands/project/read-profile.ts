import * as z from 'zod';
import type { MeasuredProfile } from '../../../lib/core/analysis/project/measured-profile';
import { readInput, sourceName, type Terminal, UserError } from '../command';

const amount = z.number().min(0);
const share = z.number().min(0).max(1);
const shares = z.record(z.string(), share);

const calls = z.looseObject({ inputTokens: amount, outputTokens: amount });

const tier = z.looseObject({
  model: z.string(),
  price: z.unknown(),
  inputTokens: amount,
  outputTokens: amount,
  latencyMs: z.looseObject({ p50: amount, p95: amount }),
});

const baseline = z.looseObject({
  escalationRate: share.optional(),
  upRouteRate: share.optional(),
  climbRate: share.optional(),
  mix: shares.optional(),
});

const certified = z.union([
  z.looseObject({ tier: z.string(), accepted: share.optional() }),
  z.looseObject({ refused: z.string() }),
]);

const task = z.looseObject({
  ladder: z.array(z.string()).min(1),
  tiers: z.record(z.string(), z.looseObject({ passRate: share, climb: share.optional() })),
  certified,
  baseline,
  calls: z.record(z.string(), calls).optional(),
});

const profile = z.looseObject({
  schema: z.literal(1),
  policy: z.looseObject({ id: z.string(), version: z.string() }),
  corpus: z.looseObject({ byTask: z.record(z.string(), amount) }),
  tiers: z.record(z.string(), tier),
  tasks: z.record(z.string(), task),
});

/** A profile from a file; every member a projection reads is looked at, and every fault told with its path. */
export async function readProfile(file: string, terminal: Terminal): Promise<MeasuredProfile> {
  const value = parseJson(file, await readInput(file, terminal));
  const read = profile.safeParse(value);
  if (read.success) return value as MeasuredProfile;
  const faults = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const lines = faults.map(({ path, message }) => `  ${path === '' ? '(the document)' : path}: ${message}`);
  const source = sourceName(file);
  throw new UserError(`${source} is not a profile, as tierwise profile writes it:\n${lines.join('\n')}`, {
    file,
    faults,
  });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${sourceName(file)}: not JSON: ${(error as Error).message}`, { file });
  }
}
