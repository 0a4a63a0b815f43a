import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDecide } from '../../../lib/core/decision/decide';
import { firstTokenOf, untilInTimeMs } from '../../../lib/core/decision/first-token';
import type { Circumstances, Decision, Features } from '../../../lib/core/types';
import type { Pace, TierState } from '../../../lib/core/types-live';
import type { Price, RouteKind, Task, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';
import { anyFeatures, anyTiers, CALM, decideOn, NOTHING_KNOWN, someFeatures } from './deciding';

const BUDGET_MS = 1000;

/** Ten requests run for two seconds each, so a place is free every 200 ms; a prompt of 100 tokens is read in 200. */
const BUSY: Pace = {
  ownCalls: 10,
  waiting: 0,
  running: 10,
  holdMs: 2000,
  firstTokenMs: 100,
  prefillTokensPerSecond: 1000,
};
const CLOUD: Pace = { ownCalls: 0, firstTokenMs: 500 };

function stateOf(pace: Pace, rest: Partial<TierState> = {}): TierState {
  return { breaker: 'closed', pace, ...rest };
}

const hourly = (usd: number): Price => ({ kind: 'gpu', hourly: usd, tokensPerSecond: 1000, uplift: 1 });
const perMillion = (usd: number): Price => ({ kind: 'tokens', input: usd, output: usd, uplift: 1 });

interface Scene {
  readonly gpu?: Pace | TierState;
  readonly cloud?: Pace | TierState;
  readonly task?: Partial<Task>;
  readonly tiers?: Readonly<Record<string, Partial<Tier>>>;
  readonly features?: Partial<Features>;
  readonly world?: Partial<Circumstances>;
}

const TIERS = [
  aTier({ id: 'gpu', location: 'vpc', prices: [hourly(10)] }),
  aTier({ id: 'cloud', location: 'anywhere', prices: [perMillion(1)] }),
];

function asState(told: Pace | TierState): TierState {
  return 'breaker' in told ? told : stateOf(told);
}

function dispatched({ gpu, cloud, task, tiers = {}, features, world }: Scene): Decision {
  const ladder = TIERS.map(({ id }) => id);
  const all = TIERS.map((tier) => ({ ...tier, ...tiers[tier.id] }));
  const policy = aPolicy({ tiers: all, tasks: [aTask({ id: 'task', ladder, route: 'dispatch', ...task })] });
  const states = {
    ...(gpu !== undefined && { gpu: asState(gpu) }),
    ...(cloud !== undefined && { cloud: asState(cloud) }),
  };
  // As in production: a GPU by the hour costs nothing more while it is warm.
  const decide = compileDecide(policy, ({ prices: [price] }, input, output) =>
    price?.kind === 'tokens' ? (input * price.input + output * price.output) / 1e6 : 0,
  );
  const about = someFeatures({ latencyBudgetMs: BUDGET_MS, ...features });
  return decide(aRequest(), about, NOTHING_KNOWN, { ...CALM, states, ...world });
}

const reasonsOf = ({ excluded }: Decision) => excluded.map(({ tier, reason }) => `${tier}: ${reason}`);

describe('the first token of a request', () => {
  it.each<[string, Pace | undefined, ReturnType<typeof firstTokenOf>]>([
    ['nobody knows of a tier without a pace', undefined, undefined],
    ['nobody knows of a tier that nobody has observed', { ownCalls: 3, waiting: 0, running: 4 }, undefined],
    ['comes after the tier has read the prompt', BUSY, { waitMs: 0, ownMs: 200 }],
    ['comes at the base where nothing is known of reading', CLOUD, { waitMs: 0, ownMs: 500 }],
    ['nobody knows where some wait and nobody knows for how long', { ...CLOUD, waiting: 3, running: 2 }, undefined],
    ['nobody knows where some wait and nobody runs', { ...BUSY, waiting: 3, running: 0 }, undefined],
    [
      'comes no sooner than the wait where that alone is known',
      { ownCalls: 0, waiting: 8, running: 10, holdMs: 2000 },
      { waitMs: (9 + 1.645 * 3) * 200, ownMs: 0 },
    ],
  ])('%s', (_, pace, expected) => {
    expect(firstTokenOf(pace, 100)).toEqual(expected);
  });

  it('comes later the more wait, the longer places are held and the longer the prompt', () => {
    const grows = (one: Pace, other: Pace, tokens = 100) => {
      const [a, b] = [firstTokenOf(one, 100), firstTokenOf(other, tokens)];
      expect((b?.waitMs ?? 0) + (b?.ownMs ?? 0)).toBeGreaterThan((a?.waitMs ?? 0) + (a?.ownMs ?? 0));
    };
    const queue = { ...BUSY, waiting: 4 };
    grows(BUSY, queue);
    grows(queue, { ...queue, waiting: 5 });
    grows(queue, { ...queue, holdMs: 3000 });
    grows(queue, { ...queue, running: 5 });
    grows(queue, queue, 400);
  });

  it('keeps the budget once the queue has drained for as long as it was said to take', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 10, max: 60_000 }),
        fc.integer({ min: 250, max: 20_000 }),
        (waiting, running, holdMs, budgetMs) => {
          const pace = { ...BUSY, waiting, running, holdMs };
          const clearMs = untilInTimeMs(pace, 100, budgetMs);
          const now = firstTokenOf(pace, 100);
          const late = (now?.waitMs ?? 0) + (now?.ownMs ?? 0) > budgetMs;
          expect(clearMs > 1e-6).toBe(late);
          const left = Math.max(0, waiting - clearMs / (holdMs / running));
          const then = firstTokenOf({ ...pace, waiting: left }, 100);
          expect((then?.waitMs ?? 0) + (then?.ownMs ?? 0)).toBeLessThanOrEqual(budgetMs * (1 + 1e-9));
        },
      ),
    );
  });
});

describe('dispatch', () => {
  it.each<[string, Scene, string, readonly string[]]>([
    ['begins at the warm GPU, which costs nothing more', { gpu: BUSY, cloud: CLOUD }, 'gpu', []],
    ['begins at the GPU while nothing is known of anybody', {}, 'gpu', []],
    [
      'lets a short queue be',
      { gpu: { ...BUSY, waiting: 1 }, cloud: CLOUD, features: { latencyBudgetMs: 1100 } },
      'gpu',
      [],
    ],
    ['spills where the queue is too long', { gpu: { ...BUSY, waiting: 8 }, cloud: CLOUD }, 'cloud', ['gpu: latency']],
    ['spills to a tier that nobody has observed', { gpu: { ...BUSY, waiting: 8 } }, 'cloud', ['gpu: latency']],
    [
      'spills where a prompt takes too long to read, and another is in time',
      { gpu: BUSY, cloud: CLOUD, features: { inputTokens: 1500 } },
      'cloud',
      ['gpu: latency'],
    ],
    [
      'leaves a tier aside that is too slow by itself while another is in time',
      { gpu: BUSY, cloud: { ...CLOUD, firstTokenMs: 3000 } },
      'gpu',
      ['cloud: latency'],
    ],
    [
      'takes the fastest where all are too slow by themselves: waiting would not help',
      { gpu: { ...BUSY, firstTokenMs: 4000 }, cloud: { ...CLOUD, firstTokenMs: 3000 } },
      'cloud',
      [],
    ],
    [
      'rather takes one that is too slow by itself than refuse for a queue',
      { gpu: { ...BUSY, waiting: 8 }, cloud: { ...CLOUD, firstTokenMs: 1200 } },
      'cloud',
      ['gpu: latency'],
    ],
    [
      'has no budget to keep where none is given',
      { gpu: { ...BUSY, waiting: 80 }, cloud: CLOUD, features: { latencyBudgetMs: undefined as never } },
      'gpu',
      [],
    ],
    [
      'takes a cheaper one of the cloud where no GPU is warm',
      { tiers: { gpu: { prices: [perMillion(2)] } }, gpu: BUSY, cloud: CLOUD },
      'cloud',
      [],
    ],
    [
      'spills where the queue is full',
      { gpu: stateOf(BUSY, { full: { reason: 'queue-full', detail: 'full' } }), cloud: CLOUD },
      'cloud',
      ['gpu: queue-full'],
    ],
  ])('%s', (_, scene, tier, excluded) => {
    const decision = dispatched(scene);
    expect([decision.tier, decision.reason]).toEqual([tier, 'dispatched']);
    expect(reasonsOf(decision)).toEqual(excluded);
    if (decision.tier !== null) expect(decision.ladder[0]).toBe(tier);
  });

  it('says how soon was expected, behind how many, and what the budget is', () => {
    const { excluded } = dispatched({ gpu: { ...BUSY, waiting: 8 }, cloud: CLOUD });
    expect(excluded[0]?.detail).toBe(
      'its first token is expected within 2987 ms, 2787 of them behind 8 that wait; the budget is 1000 ms',
    );
  });

  it('goes on along the ladder from the tier it chose', () => {
    expect(dispatched({ gpu: BUSY, cloud: CLOUD }).ladder).toEqual(['gpu', 'cloud']);
    expect(dispatched({ gpu: { ...BUSY, waiting: 8 }, cloud: CLOUD }).ladder).toEqual(['cloud']);
  });

  it('gives way to a rule of the task and to the person on call', () => {
    const rules = [{ when: { tokensAbove: 10 }, tier: 'cloud' }];
    expect(dispatched({ gpu: BUSY, cloud: CLOUD, task: { rules } })).toMatchObject({ tier: 'cloud', reason: 'rule' });
    const world = { override: 'cloud' };
    expect(dispatched({ gpu: BUSY, cloud: CLOUD, world })).toMatchObject({ tier: 'cloud', reason: 'override' });
  });

  it.each<RouteKind>(['static', 'direct', 'cascade'])('is nothing to a task of route %s', (route) => {
    const decision = dispatched({ gpu: { ...BUSY, waiting: 80 }, cloud: CLOUD, task: { route } });
    expect([decision.tier, decision.excluded]).toEqual(['gpu', []]);
  });
});

describe('a refusal by dispatch', () => {
  const queue = { ...BUSY, waiting: 8 };
  const inside = { residency: 'vpc' as const };

  it('spills to no tier that the prompt may not travel to, and says when the queue will be short enough', () => {
    const decision = dispatched({ gpu: queue, cloud: CLOUD, features: inside });
    expect(decision).toMatchObject({ tier: null, refusal: { code: 'residency_unavailable' } });
    expect(reasonsOf(decision)).toEqual(['gpu: latency', 'cloud: residency']);
    const { retryAfterMs = 0 } = decision.tier === null ? decision.refusal : {};
    const later = dispatched({
      gpu: { ...queue, waiting: 8 - (retryAfterMs + 1) / 200 },
      cloud: CLOUD,
      features: inside,
    });
    const sooner = dispatched({
      gpu: { ...queue, waiting: 8 - (retryAfterMs - 1) / 200 },
      cloud: CLOUD,
      features: inside,
    });
    expect([later.tier, sooner.tier]).toEqual(['gpu', null]);
  });

  const full = (retryAfterMs: number) => ({ full: { reason: 'queue-full' as const, detail: 'full', retryAfterMs } });

  it.each<[string, Scene, string, number | undefined]>([
    [
      'where a queue is too long and the other is off',
      { gpu: queue, tiers: { cloud: { enabled: false } } },
      'tiers_unavailable',
      untilInTimeMs(queue, 100, BUDGET_MS),
    ],
    [
      'where a breaker is open, when it lets a probe through',
      { gpu: stateOf(BUSY, { breaker: 'open', retryAfterMs: 7000 }), features: inside },
      'residency_unavailable',
      7000,
    ],
    [
      'by the tier that is free first',
      {
        gpu: stateOf(BUSY, { breaker: 'open', retryAfterMs: 7000 }),
        cloud: stateOf(CLOUD, { full: { reason: 'rate-limit', detail: 'so many', retryAfterMs: 2500 } }),
      },
      'tiers_unavailable',
      2500,
    ],
    [
      'no sooner than a full queue is short enough for the budget',
      { gpu: stateOf({ ...BUSY, waiting: 50 }, full(200)), features: inside },
      'residency_unavailable',
      untilInTimeMs({ ...BUSY, waiting: 50 }, 100, BUDGET_MS),
    ],
    [
      'with no time where waiting does not help',
      { tiers: { gpu: { enabled: false } }, features: inside },
      'residency_unavailable',
      undefined,
    ],
    [
      'with no time where nobody knows one',
      {
        gpu: stateOf(BUSY, { breaker: 'open' }),
        cloud: stateOf(CLOUD, { full: { reason: 'rate-limit', detail: 'so many' } }),
      },
      'tiers_unavailable',
      undefined,
    ],
  ])('%s', (_, scene, code, retryAfterMs) => {
    const decision = dispatched(scene);
    expect(decision.tier).toBeNull();
    if (decision.tier !== null) return;
    expect(decision.refusal.code).toBe(code);
    if (retryAfterMs === undefined) expect(decision.refusal).not.toHaveProperty('retryAfterMs');
    else expect(decision.refusal.retryAfterMs).toBeCloseTo(retryAfterMs, 6);
  });
});

describe('for any tiers and any load', () => {
  const number = fc.oneof(
    fc.double({ min: 0, max: 1e6 }),
    fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, -1),
  );
  const maybe = fc.option(number, { nil: undefined });
  const anyPace: fc.Arbitrary<Pace> = fc
    .record({ waiting: maybe, running: maybe, holdMs: maybe, firstTokenMs: maybe, prefillTokensPerSecond: maybe })
    .map((told) => ({
      ownCalls: 0,
      ...(Object.fromEntries(Object.entries(told).filter(([, v]) => v !== undefined)) as Partial<Pace>),
    }));
  const states = fc.dictionary(
    fc.constantFrom('alpha', 'beta', 'gamma', 'delta'),
    anyPace.map((pace) => stateOf(pace)),
  );

  it('dispatch admits nobody that another route would not, and leaves nobody out but for latency', () => {
    fc.assert(
      fc.property(anyTiers, anyFeatures, states, maybe, (tiers, features, told, budget) => {
        const about = budget === undefined ? features : { ...features, latencyBudgetMs: budget };
        const ladder = tiers.map(({ id }) => id);
        const of = (route: RouteKind) =>
          decideOn(
            aPolicy({ tiers, tasks: [aTask({ id: 'task', ladder, route })] }),
            about,
            {},
            { ...CALM, states: told },
          );
        const [direct, dispatch] = [of('direct'), of('dispatch')];
        const others = direct.excluded.map(({ tier }) => tier);
        for (const { tier, reason } of dispatch.excluded) {
          if (reason !== 'latency' && reason !== 'context-window') expect(others).toContain(tier);
        }
        const out = dispatch.excluded.map(({ tier }) => tier);
        for (const id of dispatch.ladder) expect(out).not.toContain(id);
        if (dispatch.tier !== null) expect(dispatch.ladder[0]).toBe(dispatch.tier);
      }),
    );
  });

  it('a tier that is the only one is refused for its queue alone, never for its own slowness', () => {
    fc.assert(
      fc.property(anyPace, fc.double({ min: 1, max: 1e5, noNaN: true }), (pace, latencyBudgetMs) => {
        const tier = aTier({ id: 'alpha' });
        const policy = aPolicy({ tiers: [tier], tasks: [aTask({ id: 'task', ladder: ['alpha'], route: 'dispatch' })] });
        const world = { ...CALM, states: { alpha: stateOf(pace) } };
        const { excluded } = decideOn(policy, { latencyBudgetMs }, {}, world);
        if (excluded.length > 0) expect(firstTokenOf(pace, 100)?.ownMs).toBeLessThanOrEqual(latencyBudgetMs);
      }),
    );
  });
});
