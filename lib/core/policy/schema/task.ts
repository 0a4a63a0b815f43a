import * as z from 'zod';
import { RESIDENCIES } from '../../types-policy';
import { DEFAULTS } from '../defaults';
import { isRecord } from '../draft';
import { PRESET_NAMES } from '../presets';
import { oracleSchema } from './oracle';
import {
  amount,
  byName,
  choose,
  closed,
  count,
  flag,
  number,
  positive,
  positiveCount,
  share,
  text,
  texts,
} from './parts';
import { retention } from './tier';

const rule = closed({
  when: closed({
    keywords: texts.exactOptional(),
    tokensAbove: count.exactOptional(),
    features: texts.exactOptional(),
    userTiers: texts.exactOptional(),
  }),
  tier: text,
});

const target = closed({
  passRate: z.number().positive().max(1).exactOptional(),
  confidence: z.number().gt(0).lt(1).default(DEFAULTS.confidence),
});

const baseline = closed({
  escalationRate: share.exactOptional(),
  upRouteRate: share.exactOptional(),
  climbRate: share.exactOptional(),
  low: share.exactOptional(),
  high: share.exactOptional(),
  n: count.exactOptional(),
  passRate: share.exactOptional(),
  costUsd: amount.exactOptional(),
  mix: byName(share).exactOptional(),
  profiledAt: text.exactOptional(),
  profile: text.exactOptional(),
  inputs: byName(closed({ edges: z.array(number), shares: z.array(share) })).exactOptional(),
});

const certificate = closed({
  tier: text,
  risk: share,
  confidence: share,
  threshold: number.exactOptional(),
  oracle: text,
  models: byName(text),
  prompts: z.string(),
  code: byName(text).exactOptional(),
  judge: z.literal('unvalidated').exactOptional(),
  policy: text.exactOptional(),
  profiledAt: text.exactOptional(),
});

/** An empty mapping says that there is none yet. */
const certificateOrNone = choose<z.output<typeof certificate> | undefined>((value) =>
  isRecord(value) && Object.keys(value).length === 0 ? closed({}).transform(() => undefined) : certificate,
);

const classifier = closed({
  tier: text,
  timeoutMs: positiveCount.default(DEFAULTS.classifier.timeoutMs),
  simpleAbove: share.default(DEFAULTS.classifier.simpleAbove),
  complexBelow: share.default(DEFAULTS.classifier.complexBelow),
});

const exampleMapping = closed({ text, tier: text.exactOptional() });
type ExampleRead = z.output<typeof exampleMapping>;
const example = choose<ExampleRead>((value) =>
  typeof value === 'string' ? text.transform((only): ExampleRead => ({ text: only })) : exampleMapping,
);

const embedding = closed({
  tier: text,
  k: positiveCount.default(DEFAULTS.embedding.k),
  similarity: share.default(DEFAULTS.embedding.similarity),
  examples: z.array(example).default([]),
});

export const taskSchema = closed({
  owner: text,
  audit: closed({
    inputs: z.string().default(''),
    acceptable: z.string().default(''),
    consequence: z.enum(['low', 'medium', 'high']),
  }),
  route: z.enum(['static', 'direct', 'cascade', 'dispatch']),
  ladder: texts.min(1),
  start: text.exactOptional(),
  strategy: z.array(z.enum(['rules', 'score', 'classifier', 'embedding', 'learned'])).default(['rules']),
  rules: z.array(rule).default([]),
  oracle: z.array(oracleSchema),
  target: target.prefault({}),
  residency: z.enum(RESIDENCIES).default('any'),
  maxRetention: retention.exactOptional(),
  latencyBudgetMs: positive.exactOptional(),
  expectedOutputTokens: positiveCount.exactOptional(),
  recognise: closed({ keywords: texts.default([]), examples: texts.default([]) }).prefault({}),
  baseline: baseline.prefault({}),
  certificate: certificateOrNone.exactOptional(),
  weight: amount.exactOptional(),
  regulatory: flag.default(false),
  gate: closed({
    mode: z.enum(['buffer', 'first-tokens']).default('buffer'),
    tokens: positiveCount.exactOptional(),
  }).prefault({}),
  handOn: z.enum(['none', 'reason', 'draft']).default('none'),
  cache: closed({
    ttlSeconds: positive.default(DEFAULTS.cacheSeconds),
    anyTemperature: flag.default(false),
  }).exactOptional(),
  stripContext: flag.default(false),
  session: closed({ sticky: flag.default(false) }).prefault({}),
  classifier: classifier.exactOptional(),
  embedding: embedding.exactOptional(),
  learned: closed({ model: text, thresholds: byName(share).default({}) }).exactOptional(),
  onSchemaFailures: z.enum(['alarm', 'raise']).default('alarm'),
  prompts: byName(z.string()).default({}),
  preset: z.enum(PRESET_NAMES).exactOptional(),
});

export type TaskRead = z.output<typeof taskSchema>;
