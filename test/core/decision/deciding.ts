/** A policy, a request and its circumstances decided as the walk does, with features given outright. */

import fc from 'fast-check';
import { compileDecide } from '../../../lib/core/decision/decide';
import type { Assessment, Circumstances, Decision, Features, Request } from '../../../lib/core/types';
import {
  type Capability,
  DIMENSIONS,
  type DimensionName,
  type Policy,
  type Tier,
} from '../../../lib/core/types-policy';
import { aRequest, aTier } from '../../builders';

/** 2026-11-01, noon UTC. */
export const NOW_MS = Date.UTC(2026, 10, 1, 12);
export const CALM: Circumstances = { nowMs: NOW_MS, unsupported: {} };
export const NOTHING_KNOWN: Assessment = { pass: {} };

export function someFeatures(features: Partial<Features> = {}): Features {
  return {
    task: 'task',
    taskSource: 'default',
    inputTokens: 100,
    expectedOutputTokens: 50,
    reservedOutputTokens: 50,
    dimensions: Object.fromEntries(DIMENSIONS.map((name) => [name, 5])) as Record<DimensionName, number>,
    score: 50,
    residency: 'any',
    consequence: 'low',
    text: '',
    ...features,
  };
}

/** Input and output alike at the first price of the tier, per million tokens. */
export function plainCost(tier: Tier, inputTokens: number, outputTokens: number): number {
  const price = tier.prices[0];
  if (price?.kind !== 'tokens') return 0;
  return (inputTokens * price.input + outputTokens * price.output) / 1e6;
}

export function decideOn(
  policy: Policy,
  features: Partial<Features> = {},
  request: Partial<Request> = {},
  circumstances: Circumstances = CALM,
): Decision {
  const decide = compileDecide(policy, plainCost);
  return decide(aRequest(request), someFeatures(features), NOTHING_KNOWN, circumstances);
}

const CAPABILITIES: readonly Capability[] = ['tools', 'json_schema', 'images', 'logprobs'];
const TIER_IDS = ['alpha', 'beta', 'gamma', 'delta'] as const;
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** Tiers of every kind, small numbers so that bounds are met often. */
export const anyTiers: fc.Arbitrary<readonly Tier[]> = fc
  .tuple(
    ...TIER_IDS.map((id) =>
      fc
        .record({
          enabled: fc.boolean(),
          location: fc.constantFrom('vpc', 'region', 'geography', 'anywhere'),
          geography: optional(fc.constantFrom('eu', 'us')),
          retentionDays: optional(fc.nat(40)),
          contextWindow: fc.integer({ min: 10, max: 200 }),
          maxOutputTokens: optional(fc.integer({ min: 1, max: 100 })),
          capabilities: fc.subarray([...CAPABILITIES]),
          retiresOn: optional(fc.constantFrom('2026-10-31', '2026-11-01', '2026-11-02')),
          price: fc.integer({ min: 0, max: 50 }),
        })
        .map(({ price, geography, retentionDays, maxOutputTokens, retiresOn, ...rest }) =>
          aTier({
            id,
            ...rest,
            prices: [{ kind: 'tokens', input: price, output: price, uplift: 1 }],
            ...(geography !== undefined && { geography }),
            ...(retentionDays !== undefined && { retentionDays }),
            ...(maxOutputTokens !== undefined && { maxOutputTokens }),
            ...(retiresOn !== undefined && { retiresOn }),
          }),
        ),
    ),
  )
  .chain((tiers) => fc.shuffledSubarray(tiers, { minLength: 1 }));

export const anyFeatures: fc.Arbitrary<Features> = fc
  .record({
    inputTokens: fc.nat(220),
    expectedOutputTokens: fc.integer({ min: 1, max: 120 }),
    reservedOutputTokens: fc.integer({ min: 1, max: 120 }),
    score: fc.integer({ min: 0, max: 100 }),
    residency: fc.constantFrom('vpc' as const, 'region' as const, 'geography' as const, 'any' as const),
    maxRetentionDays: optional(fc.nat(40)),
    userTier: optional(fc.constantFrom('free', 'gold')),
    text: fc.string(),
  })
  .map(({ maxRetentionDays, userTier, ...rest }) =>
    someFeatures({
      ...rest,
      ...(maxRetentionDays !== undefined && { maxRetentionDays }),
      ...(userTier !== undefined && { userTier }),
    }),
  );

export const anyNeeds = fc.subarray([...CAPABILITIES]);

export const anyCircumstances: fc.Arbitrary<Circumstances> = fc
  .dictionary(fc.constantFrom(...TIER_IDS), fc.subarray(['seed', 'n', 'logit_bias']))
  .map((unsupported) => ({ nowMs: NOW_MS, unsupported }));
