import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../lib/core/decision/eligibility';
import type { Residency, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';
import { anyCircumstances, anyFeatures, anyNeeds, anyTiers, CALM, decideOn, someFeatures } from './deciding';

const NARROW_TO_WIDE: readonly Residency[] = ['vpc', 'region', 'geography', 'any'];
const geography = fc.option(fc.constantFrom('eu', 'us'), { nil: undefined });
const route = fc.constantFrom('static' as const, 'direct' as const, 'cascade' as const);
const strategy = fc.subarray(['rules' as const, 'score' as const, 'learned' as const]);

function policyOf(tiers: readonly Tier[], place: string | undefined) {
  const task = aTask({ id: 'task', ladder: tiers.map(({ id }) => id) });
  return aPolicy({ tiers, tasks: [task], ...(place && { geography: place }) });
}

describe('for any tiers, task and request', () => {
  it('no excluded tier stands in a ladder, and every tier that is missing from eligibility says why', () => {
    fc.assert(
      fc.property(
        fc.record({
          tiers: anyTiers,
          features: anyFeatures,
          needs: anyNeeds,
          world: anyCircumstances,
          place: geography,
          route,
          strategy,
          start: fc.nat(3),
        }),
        ({ tiers, features, needs, world, place, start, ...how }) => {
          const ladder = tiers.map(({ id }) => id);
          const task = aTask({ id: 'task', ladder, start: ladder[start % ladder.length] as string, ...how });
          const policy = aPolicy({ tiers, tasks: [task], ...(place && { geography: place }) });
          const decision = decideOn(policy, features, { needs }, world);
          const excluded = decision.excluded.map(({ tier }) => tier);
          const eligible = ladder.filter((id) => !excluded.includes(id));
          expect(new Set(excluded).size).toBe(excluded.length);
          if (decision.tier === null) {
            expect(eligible).toEqual([]);
            return;
          }
          expect(decision.ladder).toEqual(eligible.slice(eligible.indexOf(decision.tier)));
          expect(decision.ladder[0]).toBe(decision.tier);
        },
      ),
    );
  });

  it('a pin reaches its tier alone, and only where no guard excludes it', () => {
    fc.assert(
      fc.property(anyTiers, anyFeatures, anyNeeds, anyCircumstances, (tiers, features, needs, world) => {
        const pinned = tiers[0]?.id as string;
        const others = tiers.slice(1).map(({ id }) => id);
        const policy = aPolicy({
          tiers,
          tasks: [aTask({ id: 'task', ladder: others.length > 0 ? others : [pinned] })],
        });
        const decision = decideOn(policy, features, { needs, pinned }, world);
        const alone = judge(policy, [tiers[0] as Tier], aRequest({ needs }), features, world, () => 0);
        expect(decision.ladder).toEqual(alone.eligible.map(({ id }) => id));
      }),
    );
  });

  it('tightening residency, retention, needs or unsupported fields admits no tier that was excluded for itself', () => {
    const forItself = (...[policy, tiers, request, features, world]: Parameters<typeof judge>) =>
      judge(policy, tiers, request, features, world, () => 0).excluded.filter(
        ({ reason }) => reason !== 'context-window',
      );
    fc.assert(
      fc.property(
        anyTiers,
        anyFeatures,
        anyNeeds,
        anyNeeds,
        anyCircumstances,
        geography,
        fc.nat(3),
        fc.nat(40),
        (tiers, features, needs, more, world, place, narrower, days) => {
          const policy = policyOf(tiers, place);
          const at = Math.min(narrower, NARROW_TO_WIDE.indexOf(features.residency));
          const tighter = {
            ...features,
            residency: NARROW_TO_WIDE[at] as Residency,
            maxRetentionDays: Math.min(days, features.maxRetentionDays ?? days),
          };
          const before = forItself(policy, tiers, aRequest({ needs }), features, world, () => 0);
          const after = forItself(
            policy,
            tiers,
            aRequest({ needs: [...new Set([...needs, ...more])] }),
            tighter,
            world,
            () => 0,
          );
          const still = after.map(({ tier }) => tier);
          for (const { tier } of before) expect(still).toContain(tier);
        },
      ),
    );
  });

  it('a prompt goes no further than its residency, whatever is switched off', () => {
    fc.assert(
      fc.property(anyTiers, anyFeatures, (tiers, features) => {
        const decision = decideOn(policyOf(tiers, 'eu'), { ...features, residency: 'vpc' });
        const reached = tiers.filter(({ id }) => decision.ladder.some((other) => other === id));
        expect(reached.every(({ location }) => location === 'vpc')).toBe(true);
      }),
    );
  });

  it('decide never throws, and a pin is its tier or none, whatever the features', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0));
    const features = fc.record({
      task: fc.oneof(fc.string(), fc.constantFrom('task', '__proto__', 'constructor')),
      inputTokens: number,
      expectedOutputTokens: number,
      reservedOutputTokens: number,
      score: number,
      residency: fc.constantFrom(...NARROW_TO_WIDE),
      feature: fc.string(),
      userTier: fc.string(),
      text: fc.string({ unit: 'binary' }),
    });
    const rule = { when: { keywords: ['a', '.', '退', 'b c'], tokensAbove: 3, features: ['x'] }, tier: 'beta' };
    fc.assert(
      fc.property(
        anyTiers,
        features,
        fc.oneof(fc.string(), fc.constantFrom('alpha', 'beta')),
        number,
        (tiers, some, pinned, nowMs) => {
          const ladder = tiers.map(({ id }) => id);
          const task = aTask({ id: 'task', ladder, strategy: ['rules', 'score', 'classifier'], rules: [rule] });
          const policy = aPolicy({ tiers, tasks: [task] });
          const world = { ...CALM, nowMs };
          expect(() => decideOn(policy, some, {}, world)).not.toThrow();
          const { tier } = decideOn(policy, some, { pinned }, world);
          expect([pinned, null]).toContain(tier);
        },
      ),
    );
  });
});

describe('the context fraction', () => {
  const judged = (tiers: readonly Tier[], inputTokens: number, rest = {}) => {
    const features = someFeatures({ inputTokens, reservedOutputTokens: 20, ...rest });
    return judge(policyOf(tiers, undefined), tiers, aRequest(), features, CALM, () => 0).eligible.map(({ id }) => id);
  };
  const small = aTier({ id: 'small', contextWindow: 100 });
  const large = aTier({ id: 'large', contextWindow: 1000, location: 'anywhere' });

  it('binds while a roomier tier is eligible', () => {
    expect(judged([small, large], 80)).toEqual(['small', 'large']);
    expect(judged([small, large], 81)).toEqual(['large']);
  });

  it('does not bind where the roomier tier is excluded: then prompt and answer must fit', () => {
    const reserved = { reservedOutputTokens: 10, residency: 'vpc' as const };
    expect(judged([small, large], 90, reserved)).toEqual(['small']);
    expect(judged([small, large], 91, reserved)).toEqual([]);
  });

  it('does not bind the roomiest, wherever it stands in the ladder', () => {
    expect(judged([large, small], 980)).toEqual(['large']);
    expect(judged([large, small], 981)).toEqual([]);
  });

  it('does not bind between tiers of one size', () => {
    expect(judged([small, aTier({ id: 'twin', contextWindow: 100 })], 80)).toEqual(['small', 'twin']);
  });
});
