import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Circumstances, Reason } from '../../../lib/core/types';
import type { Task } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aTask } from '../../builders';
import { anyFeatures, anyTiers, decideOn, NOW_MS } from './deciding';

/** Of what is reckoned from a request, and so is held to the certified tier. */
const RECKONED: ReadonlySet<Reason> = new Set(['score-cheapest', 'score-middle', 'score-frontier', 'dispatched']);

const drawn = anyTiers.chain((tiers) => {
  const ids = tiers.map(({ id }) => id);
  const one = fc.constantFrom(...ids);
  return fc.record({
    tiers: fc.constant(tiers),
    certified: one,
    start: one,
    features: anyFeatures,
    route: fc.constantFrom<Task['route']>('direct', 'cascade', 'dispatch'),
    rule: fc.option(one, { nil: undefined }),
    session: fc.option(one, { nil: undefined }),
    isLooping: fc.boolean(),
    override: fc.option(one, { nil: undefined, freq: 6 }),
    pinned: fc.option(one, { nil: undefined, freq: 6 }),
    rungs: fc.nat(2),
    resting: fc.subarray(ids),
    off: fc.subarray(ids),
  });
});

it('holds whatever is reckoned to the certified tier, in any session and whatever is switched or out of service', () => {
  fc.assert(
    fc.property(drawn, (of) => {
      const { tiers, certified, start, rule, session, override, pinned, rungs } = of;
      const ladder = tiers.map(({ id }) => id);
      const task = aTask({
        id: 'task',
        ladder,
        start,
        route: of.route,
        strategy: ['rules', 'score'],
        rules: rule === undefined ? [] : [{ when: { tokensAbove: 100 }, tier: rule }],
        session: { sticky: true },
        certificate: { tier: certified, risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' },
      });
      const world: Circumstances = {
        nowMs: NOW_MS,
        unsupported: {},
        states: Object.fromEntries(of.resting.map((id) => [id, { breaker: 'open' as const }])),
        switchedOff: Object.fromEntries(of.off.map((id) => [id, {}])),
        ...(override !== undefined && { override }),
        ...(rungs > 0 && { raised: { rungs, reason: 'its answers broke their schema' } }),
        ...(session !== undefined && { session: { tier: session, contextTokens: 90, atMs: NOW_MS - 1000 } }),
      };
      const body = of.isLooping ? aBody({ messages: [{ role: 'tool', tool_call_id: 'c1', content: '42' }] }) : aBody();
      const request = { body, ...(pinned !== undefined && { pinned }) };
      const policy = aPolicy({ tiers, tasks: [task] });
      const { tier, reason, excluded } = decideOn(policy, of.features, request, world);
      if (tier === null) return;
      if (pinned !== undefined) expect([tier, reason]).toEqual([pinned, 'pinned']);
      else if (override !== undefined) expect(['override', 'guarded']).toContain(reason);
      else if (RECKONED.has(reason)) {
        expect(ladder.indexOf(tier)).toBeGreaterThanOrEqual(ladder.indexOf(certified));
      } else if (reason === 'session' && !of.isLooping && rule === undefined) {
        expect(ladder.indexOf(tier)).toBeGreaterThanOrEqual(ladder.indexOf(certified));
      } else if (rule === undefined && reason === 'guarded' && ladder.indexOf(tier) < ladder.indexOf(certified)) {
        const out = new Set(excluded.map((one) => one.tier));
        expect(ladder.slice(ladder.indexOf(certified)).every((id) => out.has(id))).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});
