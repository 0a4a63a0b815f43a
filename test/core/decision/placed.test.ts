import { describe, expect, it } from 'vitest';
import type { Circumstances, Features, PlacedBy, Request } from '../../../lib/core/types';
import type { TierState } from '../../../lib/core/types-live';
import type { Task, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { CALM, decideOn } from './deciding';

const LADDER = ['small', 'mid', 'large'];
const RESTS: TierState = { breaker: 'open', retryAfterMs: 1000 };
const FULL: TierState = { breaker: 'closed', full: { reason: 'queue-full', detail: 'many wait' } };
const OFF = {};

interface Setting {
  readonly world?: Partial<Circumstances>;
  readonly tiers?: Readonly<Record<string, Partial<Tier>>>;
  readonly task?: Partial<Task>;
  readonly features?: Partial<Features>;
  readonly request?: Partial<Request>;
}

function decided({ world, tiers = {}, task, features, request }: Setting) {
  const policy = aPolicy({
    tiers: LADDER.map((id) => aTier({ id, ...tiers[id] })),
    tasks: [aTask({ id: 'task', ladder: LADDER, ...task })],
  });
  const decision = decideOn(policy, features, request, { ...CALM, ...world });
  if (decision.tier === null) throw new Error(decision.refusal.message);
  return decision;
}

describe('what placed a request', () => {
  it.each<[string, PlacedBy, Setting]>([
    ['its caller', 'pin', { request: { pinned: 'mid' } }],
    ['the person on call', 'override', { world: { override: 'mid' } }],
    [
      'the person on call, from whose tier a guard moved it on',
      'override',
      { world: { override: 'mid', states: { mid: RESTS } } },
    ],
    ['the watch', 'raise', { world: { raised: { rungs: 1, reason: 'x' } } }],
    [
      'the watch, that it begins as high by itself included',
      'raise',
      { world: { raised: { rungs: 1, reason: 'x' } }, task: { rules: [{ when: {}, tier: 'large' }] } },
    ],
    ['a first tier that is switched off', 'unavailable', { world: { switchedOff: { small: OFF } } }],
    ['a first tier that rests', 'unavailable', { world: { states: { small: RESTS } } }],
    [
      'a first tier that rests, above which a rule sends it by itself',
      'unavailable',
      { world: { states: { small: RESTS } }, task: { rules: [{ when: {}, tier: 'large' }] } },
    ],
    ['that every higher tier rests', 'unavailable', { world: { states: { mid: RESTS, large: RESTS } } }],
    ['that every higher tier is full', 'unavailable', { world: { states: { mid: FULL, large: FULL } } }],
    [
      'that one higher tier is off, and the other none for such a request',
      'unavailable',
      {
        world: { switchedOff: { large: OFF } },
        tiers: { mid: { contextWindow: 100 } },
        features: { inputTokens: 150 },
      },
    ],
    [
      'a first tier that rests, and that cannot do what is asked of it either',
      'unavailable',
      {
        world: { states: { small: RESTS } },
        tiers: { small: { capabilities: [] } },
        request: { needs: ['images'] },
      },
    ],
    [
      'that every higher tier rests, though none of them may have such a prompt',
      'unavailable',
      {
        world: { states: { mid: RESTS, large: RESTS } },
        tiers: { mid: { location: 'anywhere' }, large: { location: 'anywhere' } },
        features: { residency: 'vpc' },
      },
    ],
    [
      'the first tier that the policy has left, which rests',
      'unavailable',
      { world: { states: { mid: RESTS } }, tiers: { small: { enabled: false } } },
    ],
  ])('was %s', (_name, placed, setting) => {
    expect(decided(setting).placed).toBe(placed);
  });

  it.each<[string, Setting]>([
    ['nothing is in the way', {}],
    ['the task starts higher', { task: { start: 'mid' } }],
    ['one of the higher tiers is left', { world: { states: { mid: RESTS } } }],
    ['a switch is about another tier', { world: { switchedOff: { aside: OFF } } }],
    ['an override names a tier that has left the ladder', { world: { override: 'gone' } }],
    [
      'it is too long for the first tier, as it was in profiling',
      { tiers: { small: { contextWindow: 100 } }, features: { inputTokens: 99 } },
    ],
    [
      'no higher tier takes as much in a minute as the call alone is, as it was in profiling',
      { tiers: { mid: { tokensPerMinute: 100 }, large: { tokensPerMinute: 100 } } },
    ],
    ['the policy itself leaves the first tier out', { tiers: { small: { enabled: false } } }],
    ['the model of the first tier has gone away', { tiers: { small: { retiresOn: '2020-01-01' } } }],
    ['the first tier is all there is', { task: { ladder: ['small'] } }],
  ])('was the strategy where %s', (_name, setting) => {
    expect(decided(setting)).not.toHaveProperty('placed');
  });

  it('was the strategy where the first tier is full, for that counts as an up-route', () => {
    const decision = decided({ world: { states: { small: FULL } } });
    expect(decision).toMatchObject({ tier: 'mid', upRouted: true });
    expect(decision).not.toHaveProperty('placed');
  });
});
