import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chosen, Circumstances, Decision, Features, Request } from '../../../lib/core/types';
import type { SessionStanding, TierState } from '../../../lib/core/types-live';
import type { Policy, Task, Tier } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aTask, aTier } from '../../builders';
import { anyCircumstances, anyFeatures, anyNeeds, anyTiers, CALM, decideOn, NOW_MS } from './deciding';

const LADDER = ['small', 'mid', 'large'];
const RAISED = { rungs: 1, reason: 'its answers broke their schema' };
const DOWN: TierState = { breaker: 'open', retryAfterMs: 1000 };

function policyOf(changes: Readonly<Record<string, Partial<Tier>>> = {}, task: Partial<Task> = {}): Policy {
  const tiers = LADDER.map((id) => aTier({ id, ...changes[id] }));
  return aPolicy({ tiers, tasks: [aTask({ id: 'task', ladder: LADDER, session: { sticky: true }, ...task })] });
}

function chosen(
  world: Partial<Circumstances>,
  policy = policyOf(),
  features: Partial<Features> = {},
  request: Partial<Request> = {},
): Chosen {
  const decision = decideOn(policy, features, request, { ...CALM, raised: RAISED, ...world });
  if (decision.tier === null) throw new Error(decision.refusal.message);
  return decision;
}

describe('guards over a task that is raised', () => {
  it('move it on from the tier that it is raised to, which is no up-route', () => {
    expect(chosen({ states: { mid: DOWN } })).toMatchObject({
      tier: 'large',
      reason: 'guarded',
      raised: RAISED.reason,
      upRouted: false,
    });
  });

  it('keep it below where none above is eligible, as near as may be', () => {
    const states = { large: DOWN };
    expect(chosen({ states, raised: { ...RAISED, rungs: 2 } })).toMatchObject({
      tier: 'mid',
      reason: 'guarded',
      raised: RAISED.reason,
      upRouted: false,
    });
    expect(chosen({ states: { mid: DOWN, large: DOWN } })).toMatchObject({ tier: 'small', reason: 'guarded' });
  });

  it('have sent a request up before a raise does: that stays an up-route', () => {
    const cramped = policyOf({ small: { contextWindow: 100 } });
    expect(chosen({}, cramped, { inputTokens: 99 })).toMatchObject({ tier: 'mid', reason: 'guarded', upRouted: true });
  });

  it('that leave it at a start above the first tier leave it an up-route', () => {
    const policy = policyOf({}, { start: 'mid' });
    expect(chosen({ states: { large: DOWN } }, policy)).toMatchObject({ tier: 'mid', upRouted: true });
  });
});

describe('an override', () => {
  it('comes before a raise, and is no up-route where a guard moves it on', () => {
    expect(chosen({ override: 'small' })).toMatchObject({ tier: 'small', reason: 'override' });
    expect(chosen({ override: 'mid', states: { mid: DOWN } })).toMatchObject({
      tier: 'large',
      reason: 'guarded',
      upRouted: false,
    });
  });

  it('to a tier that has left the ladder is none', () => {
    expect(chosen({ override: 'gone' })).toMatchObject({ tier: 'mid', reason: 'raised' });
  });
});

describe('a session of a task that is raised', () => {
  const at = (tier: string): SessionStanding => ({ tier, contextTokens: 9_900, atMs: NOW_MS - 1000 });
  const looping: Partial<Request> = {
    body: aBody({ messages: [{ role: 'tool', tool_call_id: 'c1', content: '42' }] }),
  };

  it('leaves a tier that lies below, its tool loop too', () => {
    expect(chosen({ session: at('small') })).toMatchObject({ tier: 'mid', reason: 'raised' });
    expect(chosen({ session: at('small') }, policyOf(), {}, looping)).toMatchObject({ tier: 'mid', reason: 'raised' });
  });

  it('stays on a tier that does not, and that it was raised to is no up-route', () => {
    expect(chosen({ session: at('mid') }, policyOf(), {}, looping)).toMatchObject({
      reason: 'raised',
      upRouted: false,
    });
    expect(chosen({ session: at('large') }, policyOf(), {}, looping)).toMatchObject({
      tier: 'large',
      reason: 'session',
    });
  });
});

const seldom = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: of });
const fitTiers: fc.Arbitrary<readonly Tier[]> = fc
  .shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 })
  .map((ids) => ids.map((id) => aTier({ id })));

/** A task of any kind on any ladder, and a request to it while it is raised. */
const anyRaised = fc.oneof(fitTiers, anyTiers).chain((tiers) => {
  const ladder = tiers.map(({ id }) => id);
  const tier = fc.constantFrom(...ladder);
  return fc.record({
    tiers: fc.constant(tiers),
    task: fc.record({
      start: tier,
      route: fc.constantFrom('static' as const, 'direct' as const, 'cascade' as const, 'dispatch' as const),
      strategy: fc.subarray(['rules' as const, 'score' as const, 'learned' as const]),
      rules: fc.array(fc.record({ when: fc.constantFrom({}, { tokensAbove: 100 }, { userTiers: ['gold'] }), tier }), {
        maxLength: 2,
      }),
    }),
    features: anyFeatures,
    needs: anyNeeds,
    world: anyCircumstances,
    down: fc.oneof(fc.constant<string[]>([]), fc.subarray(ladder)),
    rungs: fc.integer({ min: 1, max: 4 }),
    session: fc.option(fc.record({ tier, contextTokens: fc.nat(300), atMs: fc.constant(NOW_MS - 1000) }), {
      nil: undefined,
      freq: 2,
    }),
    isLooping: fc.boolean(),
    pinned: seldom(tier),
    override: seldom(fc.constantFrom(...ladder, 'gone')),
  });
});

type Raised = typeof anyRaised extends fc.Arbitrary<infer Value> ? Value : never;

function decisionOn(drawn: Raised, circumstances: Partial<Circumstances>): Decision {
  const { tiers, task, features, needs, world, down, isLooping, pinned } = drawn;
  const ladder = tiers.map(({ id }) => id);
  const policy = aPolicy({ tiers, tasks: [aTask({ id: 'task', ladder, session: { sticky: true }, ...task })] });
  const body = isLooping ? aBody({ messages: [{ role: 'tool', tool_call_id: 'c1', content: '42' }] }) : aBody();
  const states = Object.fromEntries(down.map((id) => [id, DOWN]));
  const request = { needs, body, ...(pinned !== undefined && { pinned }) };
  return decideOn(policy, features, request, { ...world, states, ...circumstances });
}

/** Where the task is raised to, on its ladder. */
function floorOf({ tiers, task, rungs }: Raised): number {
  return Math.min(tiers.length - 1, tiers.findIndex(({ id }) => id === task.start) + rungs);
}

describe('for any policy, request and switches', () => {
  it('a raised task begins as high as it is raised, save where a guard, a pin or an override says otherwise', () => {
    fc.assert(
      fc.property(anyRaised, (drawn) => {
        const { tiers, session, pinned, override, rungs } = drawn;
        const decision = decisionOn(drawn, {
          raised: { ...RAISED, rungs },
          ...(session && { session }),
          ...(override !== undefined && { override }),
        });
        const heights = new Map(tiers.map(({ id }, height) => [id, height]));
        if (decision.tier === null) return;
        if (pinned !== undefined) {
          expect(decision.tier).toBe(pinned);
          return;
        }
        if (override !== undefined && heights.has(override)) {
          expect(['override', 'guarded']).toContain(decision.reason);
          expect(decision).not.toHaveProperty('raised');
          return;
        }
        const floor = floorOf(drawn);
        if ((heights.get(decision.tier) ?? -1) >= floor) return;
        expect(decision.reason).toBe('guarded');
        const excluded = decision.excluded.map(({ tier }) => tier);
        for (const { id } of tiers.slice((heights.get(decision.tier) ?? -1) + 1)) expect(excluded).toContain(id);
      }),
      { numRuns: 1000 },
    );
  });

  it('a raise moves nothing that begins as high without it, and what it moves counts as no up-route', () => {
    fc.assert(
      fc.property(anyRaised, (drawn) => {
        const { tiers, rungs } = drawn;
        const usual = decisionOn(drawn, {});
        const raised = decisionOn(drawn, { raised: { ...RAISED, rungs } });
        const height = tiers.findIndex(({ id }) => id === usual.tier);
        if (usual.tier === null || drawn.pinned !== undefined) {
          expect(raised).toEqual(usual);
          return;
        }
        expect(raised).toMatchObject({ placed: 'raise' });
        if (height >= floorOf(drawn)) {
          const { placed: _, ...unmoved } = raised as Chosen;
          const { placed: __, ...before } = usual;
          expect(unmoved).toEqual(before);
          return;
        }
        expect(raised).toMatchObject({ raised: RAISED.reason });
        if (raised.tier !== usual.tier) expect(raised).toMatchObject({ upRouted: false });
        else expect(raised).toMatchObject({ reason: 'guarded', upRouted: usual.upRouted });
      }),
      { numRuns: 1000 },
    );
  });
});
