import * as z from 'zod';
import type { MeasuredProfile } from '../../../lib/core/analysis/project/measured-profile';
import type { Terminal } from '../command';
import { readDocument } from '../read-document';

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

const names = z.record(z.string(), z.string());

const madeWith = z.looseObject({ oracle: z.string(), prompts: z.string(), models: names, code: names.optional() });

const way = z.looseObject({ begins: shares, mix: shares });
const ways = z.record(z.string(), way);

const routing = z.looseObject({
  route: z.enum(['static', 'direct', 'cascade', 'dispatch']),
  start: z.string(),
  certified: z.string().optional(),
  threshold: z.number().optional(),
  choosing: z.looseObject({}).optional(),
  profiled: way.optional(),
  byStart: ways,
  byStrategy: ways.optional(),
  byCertificate: ways.optional(),
});

const task = z.looseObject({
  ladder: z.array(z.string()).min(1),
  tiers: z.record(z.string(), z.looseObject({ passRate: share, climb: share.optional(), n: amount.optional() })),
  madeWith: madeWith.optional(),
  certified,
  baseline,
  calls: z.record(z.string(), calls).optional(),
  routing: routing.optional(),
});

const profile = z.looseObject({
  schema: z.literal(1),
  policy: z.looseObject({ id: z.string(), version: z.string() }),
  corpus: z.looseObject({ byTask: z.record(z.string(), amount), mix: shares.optional() }),
  tiers: z.record(z.string(), tier),
  tasks: z.record(z.string(), task),
});

/** A profile from a file; every member a projection reads is looked at. */
export async function readProfile(file: string, terminal: Terminal): Promise<MeasuredProfile> {
  const read: unknown = await readDocument(file, profile, 'a profile, as tierwise profile writes it', terminal);
  return read as MeasuredProfile;
}
