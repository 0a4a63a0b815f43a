import type { Exchange } from '../../../../lib/core/route';
import type { Features } from '../../../../lib/core/types';
import { DIMENSIONS, type DimensionName, type Policy } from '../../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../../builders';

export const NOON_MS = Date.UTC(2026, 10, 22, 12);

/** Words that must stand nowhere but where they were let. */
export const PLANTED = 'PLANTED-7f3a';

export function keepingPolicy(expires = '2026-12-31'): Policy {
  const policy = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'triage', ladder: ['small'] })] });
  return { ...policy, attribution: { retentionDays: 90, prompts: { kmsKey: 'key', owner: 'data office', expires } } };
}

export function anExchange(features: Partial<Features> = {}, policy = keepingPolicy()): Exchange {
  return {
    request: aRequest({
      id: 'req-1',
      caller: { customer: 'acme & sons', keyId: 'key-1' },
      body: aBody({ messages: [{ role: 'user', content: `${PLANTED} prompt` }] }),
      receivedAtMs: NOON_MS,
    }),
    features: {
      task: 'triage',
      taskSource: 'default',
      inputTokens: 10,
      expectedOutputTokens: 5,
      reservedOutputTokens: 5,
      dimensions: Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<DimensionName, number>,
      score: 0,
      residency: 'any',
      consequence: 'low',
      text: '',
      ...features,
    },
    policy,
  };
}
