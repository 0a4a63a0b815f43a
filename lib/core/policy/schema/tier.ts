import * as z from 'zod';
import { LOCATIONS } from '../../types-policy';
import { DEFAULTS } from '../defaults';
import { amount, byName, choose, closed, count, flag, number, positiveCount, text } from './parts';
import { prices } from './price';

/** Days; `none` is 0. */
export const retention = choose<number>((value) =>
  typeof value === 'string' ? z.literal('none').transform(() => 0) : amount,
);

/** Bedrock numbers the versions of a guardrail, and YAML reads `1` as a number. */
const version = choose<string>((value) => (typeof value === 'number' ? count.transform(String) : text));

const timeouts = closed({
  connectMs: positiveCount.default(DEFAULTS.timeouts.connectMs),
  firstTokenMs: positiveCount.default(DEFAULTS.timeouts.firstTokenMs),
  stallMs: positiveCount.default(DEFAULTS.timeouts.stallMs),
  totalMs: positiveCount.default(DEFAULTS.timeouts.totalMs),
});

const gpu = closed({
  instance: text,
  count: count.exactOptional(),
  min: count.exactOptional(),
  max: count.exactOptional(),
});

export const tierSchema = closed({
  provider: z.enum(['openai-compatible', 'bedrock', 'anthropic']),
  enabled: flag.default(true),
  model: text,
  baseUrl: text.exactOptional(),
  apiKey: z.string().exactOptional(),
  apiKeySecret: z.string().exactOptional(),
  location: z.enum(LOCATIONS),
  geography: text.exactOptional(),
  retention: retention.exactOptional(),
  contextWindow: positiveCount,
  maxOutputTokens: positiveCount.exactOptional(),
  capabilities: z.array(z.enum(['tools', 'json_schema', 'images', 'logprobs'])).default([]),
  price: prices,
  timeouts: timeouts.prefault({}),
  retries: count.default(DEFAULTS.retries),
  queue: closed({ metrics: text.default('/metrics'), maxWaiting: count.exactOptional() }).exactOptional(),
  region: text.exactOptional(),
  profile: text.exactOptional(),
  guardrail: closed({
    id: text,
    version: version.default('DRAFT'),
    trace: flag.default(false),
  }).exactOptional(),
  headers: byName(z.string()).default({}),
  dimensions: positiveCount.exactOptional(),
  adapters: byName(text).default({}),
  continuesPrefix: flag.default(false),
  concurrency: positiveCount.exactOptional(),
  requestsPerMinute: number.positive().exactOptional(),
  tokensPerMinute: number.positive().exactOptional(),
  gpu: gpu.exactOptional(),
  retiresOn: text.exactOptional(),
});

export type TierRead = z.output<typeof tierSchema>;
