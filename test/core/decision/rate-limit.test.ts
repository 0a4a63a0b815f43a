import { describe, expect, it } from 'vitest';
import { aPolicy, aTask, aTier } from '../../builders';
import { CALM, decideOn } from './deciding';

const NARROW = aTier({ id: 'narrow', tokensPerMinute: 100 });
const WIDE = aTier({ id: 'wide', tokensPerMinute: 10_000 });
const RESTS = { breaker: 'open', retryAfterMs: 7000 } as const;
const FULL = {
  breaker: 'closed',
  full: { reason: 'rate-limit', detail: 'so many were', retryAfterMs: 30_000 },
} as const;

const policyOf = (...tiers: (typeof NARROW)[]) =>
  aPolicy({ tiers, tasks: [aTask({ id: 'task', ladder: tiers.map(({ id }) => id) })] });

describe('a call that alone is more than a tier takes in a minute', () => {
  const features = { inputTokens: 200 };

  it('goes to the next tier', () => {
    const decision = decideOn(policyOf(NARROW, WIDE), features);
    expect(decision).toMatchObject({
      tier: 'wide',
      excluded: [{ tier: 'narrow', reason: 'rate-limit', lasting: true }],
    });
    expect(decision.excluded[0]?.detail).toContain('can never take it');
  });

  it('is too long where no tier takes more, and nobody is told to come again', () => {
    const circumstances = { ...CALM, states: { narrow: FULL } };
    const decision = decideOn(policyOf(NARROW), features, {}, circumstances);
    expect(decision).toMatchObject({ tier: null, refusal: { code: 'context_length_exceeded' } });
    expect(decision.tier === null && decision.refusal.retryAfterMs).toBeUndefined();
  });

  it('waits for a tier that takes it and only rests, and not for its own', () => {
    const circumstances = { ...CALM, states: { narrow: FULL, wide: RESTS } };
    const decision = decideOn(policyOf(NARROW, WIDE), features, {}, circumstances);
    expect(decision).toMatchObject({ tier: null, refusal: { code: 'tiers_unavailable', retryAfterMs: 7000 } });
  });

  it('is not what a limit is that is only full for the moment', () => {
    const decision = decideOn(policyOf(NARROW), { inputTokens: 20 }, {}, { ...CALM, states: { narrow: FULL } });
    expect(decision).toMatchObject({ tier: null, refusal: { code: 'tiers_unavailable', retryAfterMs: 30_000 } });
    expect(decision.excluded[0]).not.toHaveProperty('lasting');
  });
});
