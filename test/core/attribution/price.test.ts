import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateCost,
  estimateDecisionCost,
  frontierCost,
  priceUsage,
  strippedUsd,
} from '../../../lib/core/attribution/price';
import type { Usage } from '../../../lib/core/types';
import type { Price, TokenPrice } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';

const NOON = Date.UTC(2026, 10, 22, 12);

const NOTHING: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};
const TOKENS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
] as const satisfies readonly (keyof Usage)[];

const priced = (...prices: Price[]) => aTier({ id: 'tier', prices });
const perToken = (price: Partial<TokenPrice>): TokenPrice => ({
  kind: 'tokens',
  input: 0,
  output: 0,
  uplift: 1,
  ...price,
});
const cost = (price: Partial<TokenPrice>, usage: Partial<Usage>) =>
  priceUsage(priced(perToken(price)), { ...NOTHING, ...usage }, NOON);

describe('the price of tokens', () => {
  const SMALL = { input: 0.05, output: 0.1, cacheRead: 0.005 };
  const MID = { input: 0.33, output: 2.75 };
  const FRONTIER = { input: 4, output: 20 };
  const WRITES = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 };
  const LONG = { ...WRITES, longPrompt: { above: 200_000, input: 6, output: 22.5 } };

  it.each<[string, Partial<TokenPrice>, Partial<Usage>, number]>([
    ['input and output of a small tier', SMALL, { inputTokens: 1000, outputTokens: 200 }, 0.000_07],
    ['input and output of a middle tier', MID, { inputTokens: 1000, outputTokens: 200 }, 0.000_88],
    ['input and output of a frontier tier', FRONTIER, { inputTokens: 1000, outputTokens: 200 }, 0.008],
    ['a cache read at its own price', SMALL, { cacheReadTokens: 10_000, inputTokens: 1000 }, 0.0001],
    ['a cache read without a price as input', MID, { cacheReadTokens: 1000 }, 0.000_33],
    ['cache writes without a price as input', SMALL, { cacheWrite5mTokens: 1000, cacheWrite1hTokens: 1000 }, 0.0001],
    ['cache writes of five minutes', WRITES, { cacheWrite5mTokens: 2000 }, 0.0075],
    ['cache writes of one hour', WRITES, { cacheWrite1hTokens: 2000 }, 0.012],
    ['a cache that costs nothing', { ...MID, cacheRead: 0 }, { cacheReadTokens: 1000 }, 0],
    ['reasoning within the output, once', FRONTIER, { outputTokens: 100, reasoningTokens: 80 }, 0.002],
    ['an uplift on everything', { ...WRITES, uplift: 1.1 }, { inputTokens: 1000, cacheReadTokens: 1000 }, 0.003_63],
    ['a prompt at the edge of long', LONG, { inputTokens: 200_000, outputTokens: 1000 }, 0.615],
    ['a long prompt, all of it repriced', LONG, { inputTokens: 200_001, outputTokens: 1000 }, 1.222_506],
    [
      'a prompt that is long with its cached tokens, which are repriced as its input is',
      LONG,
      { inputTokens: 100_000, cacheReadTokens: 60_000, cacheWrite5mTokens: 40_000, cacheWrite1hTokens: 1 },
      0.936_012,
    ],
    [
      'a cache read of a long prompt that costs five times as much',
      { input: 0.1, output: 0.5, cacheRead: 0.01, longPrompt: { above: 100_000, input: 0.5, output: 2.5 } },
      { cacheReadTokens: 200_000 },
      0.01,
    ],
    [
      'a cache that costs something where only long prompts do',
      { input: 0, output: 0, cacheRead: 0.1, longPrompt: { above: 10, input: 1, output: 5 } },
      { inputTokens: 10, cacheReadTokens: 10 },
      0.000_011,
    ],
    [
      'unpriced cached tokens of a long prompt at its input price',
      { ...MID, longPrompt: { above: 10, input: 1, output: 5 } },
      { inputTokens: 5, cacheReadTokens: 5, cacheWrite5mTokens: 5, cacheWrite1hTokens: 5, outputTokens: 2 },
      0.000_03,
    ],
    ['an uplift on a long prompt', { ...LONG, uplift: 2 }, { inputTokens: 300_000 }, 3.6],
    ['output alone, however long', LONG, { outputTokens: 500_000 }, 7.5],
    ['nothing', FRONTIER, {}, 0],
  ])('counts %s', (_, price, usage, expected) => {
    expect(cost(price, usage)).toBeCloseTo(expected, 15);
  });

  it('stays exact where a sum of rounded parts would not', () => {
    expect(cost(SMALL, { inputTokens: 1000, outputTokens: 200 })).toBe(0.000_07);
    expect(cost(FRONTIER, { inputTokens: 123_457, outputTokens: 7 })).toBe(0.493_968);
  });
});

describe('the price of a GPU tier', () => {
  const GPU: Price = { kind: 'gpu', hourly: 3.6, tokensPerSecond: 1000, uplift: 1 };

  it.each<[string, Price, Partial<Usage>, number]>([
    ['tokens either way', GPU, { inputTokens: 900, outputTokens: 100 }, 0.001],
    ['cached tokens like any other', GPU, { inputTokens: 100, cacheReadTokens: 800, outputTokens: 100 }, 0.001],
    ['an uplift', { ...GPU, uplift: 1.5 }, { inputTokens: 1000 }, 0.0015],
    ['a dear and a slow machine', { ...GPU, hourly: 36, tokensPerSecond: 100 }, { outputTokens: 1000 }, 0.1],
  ])('counts %s', (_, price, usage, expected) => {
    expect(priceUsage(priced(price), { ...NOTHING, ...usage }, NOON)).toBeCloseTo(expected, 15);
  });

  it('is nothing to a decision, and the formula to records and budgets', () => {
    expect(estimateDecisionCost(priced(GPU), 900, 100, NOON)).toBe(0);
    expect(estimateCost(priced(GPU), 900, 100, NOON)).toBeCloseTo(0.001, 15);
  });

  it('is nothing to a decision only from the day on which the tier is one', () => {
    const tier = priced(perToken({ input: 1 }), { ...GPU, effectiveFrom: '2026-12-01' });
    expect(estimateDecisionCost(tier, 1000, 0, Date.UTC(2026, 10, 30))).toBeCloseTo(0.001, 15);
    expect(estimateDecisionCost(tier, 1000, 0, Date.UTC(2026, 11, 1))).toBe(0);
  });
});

describe('an estimate', () => {
  it('is the price of as many tokens, none of them cached unless it says so', () => {
    const tier = priced(perToken({ input: 4, output: 20, cacheRead: 0.4 }));
    const usage = { ...NOTHING, inputTokens: 1000, outputTokens: 200 };
    expect(estimateCost(tier, 1000, 200, NOON)).toBe(priceUsage(tier, usage, NOON));
    expect(estimateDecisionCost(tier, 1000, 200, NOON)).toBe(priceUsage(tier, usage, NOON));
    const cached = { ...usage, inputTokens: 100, cacheReadTokens: 900 };
    expect(estimateDecisionCost(tier, 1000, 200, NOON, 900)).toBe(priceUsage(tier, cached, NOON));
  });

  it('of what was stripped is its input price at the tier that answered', () => {
    const tier = aTier({ id: 'small', prices: [perToken({ input: 4, output: 20, cacheRead: 0.4 })] });
    const policy = aPolicy({ tiers: [tier], tasks: [aTask({ id: 'task', ladder: ['small'] })] });
    expect(strippedUsd(policy, 'small', 1000, NOON)).toBeCloseTo(0.004, 15);
    expect(strippedUsd(policy, 'small', 0, NOON)).toBeUndefined();
    expect(strippedUsd(policy, null, 1000, NOON)).toBeUndefined();
  });
});

describe('the frontier cost', () => {
  const policy = aPolicy({
    tiers: [
      aTier({ id: 'small', prices: [perToken({ input: 0.05, output: 0.1 })] }),
      aTier({
        id: 'frontier',
        prices: [
          perToken({ input: 5, output: 25, cacheRead: 0.5, longPrompt: { above: 1_000_000, input: 10, output: 50 } }),
          perToken({ input: 4, output: 20, cacheRead: 0.4, effectiveFrom: '2026-11-01' }),
        ],
      }),
    ],
    tasks: [aTask({ id: 'general', ladder: ['small', 'frontier'] })],
  });
  const usage = { ...NOTHING, inputTokens: 400, cacheReadTokens: 500, cacheWrite1hTokens: 100, outputTokens: 200 };

  it('is the whole prompt as plain input, at the price of the day', () => {
    expect(frontierCost(policy, usage, NOON)).toBeCloseTo(0.008, 15);
    expect(frontierCost(policy, usage, Date.UTC(2026, 9, 31))).toBeCloseTo(0.01, 15);
  });

  it('is nothing where nothing was served', () => {
    expect(frontierCost(policy, NOTHING, NOON)).toBe(0);
  });
});

describe('for every price and every usage', () => {
  const usd = fc.double({ min: 0, max: 1000, noNaN: true });
  const count = fc.nat({ max: 2_000_000 });
  const usages = fc.record({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWrite5mTokens: count,
    cacheWrite1hTokens: count,
    reasoningTokens: fc.constant(0),
    estimated: fc.boolean(),
  });
  const uplift = fc.double({ min: 1, max: 3, noNaN: true });
  const plainPrices = fc
    .record(
      { input: usd, output: usd, uplift, cacheRead: usd, cacheWrite5m: usd, cacheWrite1h: usd },
      { requiredKeys: ['input', 'output', 'uplift'] },
    )
    .map(perToken);
  /** A long prompt never costs less than a short one, as with every host that reprices; nor is a price next to nothing. */
  const longPrices = fc
    .tuple(
      plainPrices.filter(({ input }) => input === 0 || input > 1e-9),
      fc.nat({ max: 1_000_000 }),
      usd,
      usd,
    )
    .map(([price, above, more, most]) =>
      perToken({ ...price, longPrompt: { above, input: price.input + more, output: price.output + most } }),
    );
  const gpuPrices = fc.record({
    kind: fc.constant('gpu' as const),
    hourly: usd,
    tokensPerSecond: fc.double({ min: 0.1, max: 100_000, noNaN: true }),
    uplift,
  });
  const anyPrice: fc.Arbitrary<Price> = fc.oneof(plainPrices, longPrices, gpuPrices);
  const unlongPrice: fc.Arbitrary<Price> = fc.oneof(plainPrices, gpuPrices);

  it('a cost is finite and never below zero', () => {
    fc.assert(
      fc.property(anyPrice, usages, (price, usage) => {
        const usdSpent = priceUsage(priced(price), usage, NOON);
        expect(Number.isFinite(usdSpent) && usdSpent >= 0).toBe(true);
      }),
    );
  });

  it('more tokens of any sort never cost less', () => {
    fc.assert(
      fc.property(anyPrice, usages, fc.constantFrom(...TOKENS), count, (price, usage, sort, more) => {
        const tier = priced(price);
        const longer = { ...usage, [sort]: usage[sort] + more };
        expect(priceUsage(tier, longer, NOON)).toBeGreaterThanOrEqual(priceUsage(tier, usage, NOON));
      }),
    );
  });

  it('two calls cost what one of both would, where no long prompt reprices', () => {
    fc.assert(
      fc.property(unlongPrice, usages, usages, (price, left, right) => {
        const tier = priced(price);
        const both = { ...left };
        for (const sort of TOKENS) both[sort] += right[sort];
        const apart = priceUsage(tier, left, NOON) + priceUsage(tier, right, NOON);
        expect(Math.abs(priceUsage(tier, both, NOON) - apart)).toBeLessThanOrEqual(1e-9 * Math.max(apart, 1));
      }),
    );
  });

  it('an uplift is a factor', () => {
    fc.assert(
      fc.property(anyPrice, usages, (price, usage) => {
        const single = priceUsage(priced(price), usage, NOON);
        const double = priceUsage(priced({ ...price, uplift: price.uplift * 2 }), usage, NOON);
        expect(Math.abs(double - 2 * single)).toBeLessThanOrEqual(1e-9 * Math.max(single, 1));
      }),
    );
  });
});
