import * as z from 'zod';
import { DIMENSIONS, type DimensionName } from '../../types-policy';
import { DEFAULTS } from '../defaults';
import { amount, byName, closed, count, number, positive, positiveCount, share, text, texts } from './parts';
import { taskSchema } from './task';
import { tierSchema } from './tier';

const weight = amount.exactOptional();
const weights = closed(
  Object.fromEntries(DIMENSIONS.map((name) => [name, weight])) as Record<DimensionName, typeof weight>,
);

const score = closed({
  weights: weights.prefault({}),
  preset: z.literal('three-band').exactOptional(),
  cheapestBelow: z.number().min(0).max(100).exactOptional(),
  frontierAbove: z.number().min(0).max(100).exactOptional(),
});

const budget = closed({
  id: text.exactOptional(),
  scope: z.enum(['customer', 'task', 'key', 'all']).default('all'),
  limitUsd: amount,
  period: z.enum(['day', 'month']).default('month'),
  onExhausted: z.enum(['refuse', 'downgrade']).default('refuse'),
  reserve: z.enum(['expected', 'worst']).default('expected'),
});

const alarms = closed({
  escalationAbove: amount.default(DEFAULTS.alarms.escalationAbove),
  escalationBelow: z.number().max(0).default(DEFAULTS.alarms.escalationBelow),
  minRequests: positiveCount.default(DEFAULTS.alarms.minRequests),
  schemaFailureAbove: share.default(DEFAULTS.alarms.schemaFailureAbove),
  netSavingBelow: number.default(DEFAULTS.alarms.netSavingBelow),
  driftAbove: amount.default(DEFAULTS.alarms.driftAbove),
  retryAbove: amount.default(DEFAULTS.alarms.retryAbove),
  baselineDays: positive.default(DEFAULTS.alarms.baselineDays),
  billAbove: amount.default(DEFAULTS.alarms.billAbove),
});

const breaker = closed({
  failures: positiveCount.default(DEFAULTS.breaker.failures),
  windowMs: positive.default(DEFAULTS.breaker.windowMs),
  openMs: positive.default(DEFAULTS.breaker.openMs),
});

/** A share of the traffic that is answered twice, and what that may cost a day. */
const sample = (defaults: { readonly share: number; readonly dailyUsd: number }) =>
  closed({ share: share.default(defaults.share), dailyUsd: amount.default(defaults.dailyUsd) }).prefault({});

const attribution = closed({
  retentionDays: positiveCount.default(DEFAULTS.attributionDays),
  prompts: closed({ kmsKey: text, owner: text, expires: text }).exactOptional(),
});

export const documentSchema = closed({
  schema: z.literal(1),
  policy: text,
  owner: text,
  frontier: text.exactOptional(),
  geography: text.exactOptional(),
  tiers: byName(tierSchema),
  tasks: byName(taskSchema),
  default: closed({ task: text }),
  score: score.prefault({}),
  guards: closed({
    contextFraction: z.number().gt(0).max(1).default(DEFAULTS.guards.contextFraction),
  }).prefault({}),
  budgets: z.array(budget).default([]),
  alarms: alarms.prefault({}),
  userTiers: texts.default([]),
  models: byName(closed({ artifact: text, sha256: text })).default({}),
  retries: closed({ budget: count.default(DEFAULTS.retryBudget) }).prefault({}),
  breaker: breaker.prefault({}),
  cache: closed({ maxEntries: count.default(DEFAULTS.cacheEntries) }).prefault({}),
  shadow: sample(DEFAULTS.shadow),
  experiment: closed({ guardrails: byName(number).default({}) }).prefault({}),
  control: sample(DEFAULTS.control),
  attribution: attribution.prefault({}),
  projection: closed({
    monthlyUsd: amount.exactOptional(),
    perTier: byName(amount).default({}),
  }).exactOptional(),
  traffic: closed({
    monthlyRequests: amount.exactOptional(),
    hourly: z.array(amount).length(24).default([]),
  }).exactOptional(),
  hiddenCosts: byName(amount).default({}),
  graceDays: amount.default(DEFAULTS.graceDays),
  maxBodyBytes: positiveCount.default(DEFAULTS.maxBodyBytes),
});

export type DocumentRead = z.output<typeof documentSchema>;
