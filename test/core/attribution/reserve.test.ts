import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateReserve } from '../../../lib/core/attribution/reserve';
import { bodyFor } from '../../../lib/core/execution/hand-on';
import type { Features, Request } from '../../../lib/core/types';
import type { ChatBody } from '../../../lib/core/types-chat';
import type { Prefix } from '../../../lib/core/types-live';
import { DIMENSIONS, type DimensionName, type Tier } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';

const ZEROS = Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<DimensionName, number>;

function features(inputTokens: number, expectedOutputTokens: number): Features {
  return {
    task: 'task',
    taskSource: 'default',
    inputTokens,
    expectedOutputTokens,
    reservedOutputTokens: expectedOutputTokens,
    dimensions: ZEROS,
    score: 0,
    residency: 'any',
    consequence: 'low',
    text: '',
  };
}

/** In USD per million tokens 1 in and 2 out, so that a million tokens are what they say. */
function reserve(tier: Partial<Tier>, request: Partial<Request>, inputTokens = 1000, expectedOutputTokens = 500) {
  const one = aTier({ id: 'tier', ...tier });
  const policy = aPolicy({ tiers: [one], tasks: [aTask({ id: 'task', ladder: ['tier'] })] });
  return estimateReserve(one, policy, aRequest(request), features(inputTokens, expectedOutputTokens), 0);
}

describe('what is set aside before a call', () => {
  it.each<[string, Partial<Tier>, Partial<Request>, number]>([
    ['the expected answer', {}, {}, 1000 + 2 * 500],
    ["the caller's limit where that is less", {}, { maxOutputTokens: 100 }, 1000 + 2 * 100],
    ['the expected answer where the limit is more', {}, { maxOutputTokens: 10_000 }, 1000 + 2 * 500],
    ["the tier's limit where that is least", { maxOutputTokens: 50 }, { maxOutputTokens: 100 }, 1000 + 2 * 50],
    ['every choice that was asked for', {}, { choices: 3 }, 1000 + 2 * 1500],
  ])('reckons with %s', (_, tier, request, microUsd) => {
    expect(reserve(tier, request).expectedUsd * 1e6).toBeCloseTo(microUsd, 6);
  });

  it('reckons at worst with the whole output that caller and tier allow', () => {
    const allowed = { maxOutputTokens: 4000 };
    const { worstUsd } = reserve({ maxOutputTokens: 8000 }, allowed);
    expect(worstUsd * 1e6).toBeGreaterThanOrEqual(2 * 4000);
    expect(reserve({ maxOutputTokens: 8000 }, {}).worstUsd * 1e6).toBeGreaterThanOrEqual(2 * 8000);
  });

  it('reckons at worst with the dearest way a prompt is booked', () => {
    const plain = reserve({ maxOutputTokens: 1 }, {});
    const written = reserve(
      { maxOutputTokens: 1, prices: [{ kind: 'tokens', input: 1, output: 2, cacheWrite1h: 2, uplift: 1 }] },
      {},
    );
    expect(written.worstUsd).toBeGreaterThan(1.5 * plain.worstUsd);
  });

  it('reckons with what is really sent: a beginning to go on from, or a draft with all that is escaped in it', () => {
    const one = aTier({ id: 'tier', maxOutputTokens: 1000 });
    const policy = aPolicy({ tiers: [one], tasks: [aTask({ id: 'task', ladder: ['tier'], handOn: 'draft' })] });
    const request = aRequest({ maxOutputTokens: 1000 });
    const estimate = (body?: ChatBody, prefix?: Prefix) =>
      estimateReserve(one, policy, request, features(1000, 500), 0, body, prefix);
    const given = 'x'.repeat(4000);
    const going = estimate(aBody({ messages: [{ role: 'assistant', content: given }] }), { text: given, tokens: 900 });
    expect(1e6 * (going.expectedUsd - estimate().expectedUsd)).toBeCloseTo(900, 6);
    expect(1e6 * going.worstUsd).toBeGreaterThanOrEqual(4000 + 2 * 1000);
    const drafted = estimate(aBody({ messages: [{ role: 'system', content: JSON.stringify('"'.repeat(1000)) }] }));
    expect(1e6 * drafted.worstUsd).toBeGreaterThanOrEqual(2000 + 2 * 1000);
  });

  it('reckons before anything is decided with no less than what is then sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 200 }), (own, prompt) => {
        const one = aTier({ id: 'tier' });
        const task = aTask({ id: 'task', ladder: ['tier'], prompts: { tier: own } });
        const policy = aPolicy({ tiers: [one], tasks: [task] });
        const body = aBody({ messages: [{ role: 'user', content: prompt }] });
        const sent = bodyFor(body, own, 'none', undefined);
        const request = aRequest({ body });
        const before = estimateReserve(one, policy, request, features(1, 1), 0).worstUsd;
        expect(before).toBeGreaterThanOrEqual(estimateReserve(one, policy, request, features(1, 1), 0, sent).worstUsd);
      }),
    );
  });

  it('never expects more than the worst, and the worst covers a token for every byte sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.nat(5000), (prompt, limit) => {
        const body = aBody({ messages: [{ role: 'user', content: prompt }] });
        const bytes = new TextEncoder().encode(prompt).byteLength;
        const { expectedUsd, worstUsd } = reserve({}, { body, maxOutputTokens: limit }, Math.min(bytes, 500), 50);
        expect(expectedUsd).toBeLessThanOrEqual(worstUsd);
        expect(worstUsd * 1e6).toBeGreaterThanOrEqual(bytes + 2 * limit);
      }),
    );
  });
});
