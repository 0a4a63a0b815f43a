import { describe, expect, it } from 'vitest';
import { assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { billOf, byPurpose } from '../../../../lib/core/analysis/project/bill';
import type { Scenario, ScenarioTask, ScenarioTier } from '../../../../lib/core/analysis/project/scenario';
import { aScenario, aTaskOf, BARE, rentedTier } from './a-scenario';

const RUNGS = [
  { tier: 'cheap', start: 0.8, climb: 0.25 },
  { tier: 'mid', start: 0.1, climb: 0.5 },
  { tier: 'frontier', start: 0.1, climb: 0 },
];

/** 1,000 tokens in and none out, at $1, $2 and $10 a million: calls cost $0.001, $0.002 and $0.01. */
function bill(
  task: Partial<ScenarioTask> = {},
  parts: Partial<Omit<Scenario, 'tiers' | 'tasks'>> = {},
  tier: Partial<ScenarioTier> = {},
) {
  const tiers = [
    rentedTier('cheap', 1, 0, tier),
    rentedTier('mid', 2, 0, tier),
    rentedTier('frontier', 10, 0, {
      price: { kind: 'tokens', input: 10, output: 0, cacheRead: 1, uplift: 1 },
      ...tier,
    }),
  ];
  const tasks = [aTaskOf('task', RUNGS, { input: 1000, output: 0 }, task)];
  return billOf(aScenario({ volume: 1000, tiers, tasks, ...parts }));
}

/** On the cheap tier 800 begin and 200 climb; on the middle one 100 join them and half of the 300 climb; 250 end up last. */
const CALLS = { cheap: 800, mid: 300, frontier: 250 };
const PLAIN_USD = 0.8 + 0.6 + 2.5;

describe('what a month of requests pays for', () => {
  it('is every call of every way through the ladder', () => {
    const { lines, usd } = bill();
    const calls = Object.fromEntries(
      Object.keys(CALLS).map((tier) => [
        tier,
        lines.filter((line) => line.tier === tier).reduce((sum, line) => sum + line.calls, 0),
      ]),
    );
    expect(calls.cheap).toBeCloseTo(CALLS.cheap, 9);
    expect(calls.mid).toBeCloseTo(CALLS.mid, 9);
    expect(calls.frontier).toBeCloseTo(CALLS.frontier, 9);
    expect(usd).toBeCloseTo(PLAIN_USD, 9);
  });

  it('shows what was paid for answers that did not stand', () => {
    const { answer, escalation } = byPurpose(bill().lines);
    expect(answer.requests).toBeCloseTo(1000, 9);
    // 200 drafts of the cheap tier and 150 of the middle one.
    expect(escalation.calls).toBeCloseTo(350, 9);
    expect(escalation.usd).toBeCloseTo(0.2 + 0.3, 9);
    expect(escalation.requests).toBe(0);
  });

  it('pays for retries, where the tier is asked again', () => {
    const assumptions = assumptionsWith({ ...BARE, retryShare: 0.02 });
    expect(byPurpose(bill({}, { assumptions }).lines).retry.usd).toBeCloseTo(0.02 * PLAIN_USD, 9);
    const never = bill({}, { assumptions }, { retries: false });
    expect(byPurpose(never.lines).retry.calls).toBe(0);
  });

  it('pays for a classifier once a request, and for a judge once an answer', () => {
    const side = {
      choosing: [{ tier: 'cheap', input: 100, output: 10 }],
      judges: [{ tier: 'mid', input: 50, output: 5 }],
    };
    const { classifier, judge } = byPurpose(bill(side).lines);
    expect(classifier.calls).toBeCloseTo(1000, 9);
    expect([classifier.inputTokens, classifier.outputTokens].map(Math.round)).toEqual([100_000, 10_000]);
    // A judge reads the request and the answer too.
    expect(judge.calls).toBeCloseTo(1350, 9);
    expect(judge.usd).toBeCloseTo((1350 * 1050 * 2) / 1e6, 9);
  });

  it('answers a share a second time for control, up to its limit, and never on the tier that answered', () => {
    const free = byPurpose(bill({}, { control: { share: 0.1, limitUsd: 100 } }).lines).control;
    expect(free.calls).toBeCloseTo(75, 9);
    expect(free.usd).toBeCloseTo(0.75, 9);
    const limited = byPurpose(bill({}, { control: { share: 0.1, limitUsd: 0.5 } }).lines).control;
    expect(limited.usd).toBeCloseTo(0.5, 9);
  });

  it('spares what caches answer, and says how much', () => {
    const half = assumptionsWith({ ...BARE, answerCacheShare: 0.5 });
    const cached = bill({ cached: true }, { assumptions: half });
    expect([cached.usd, cached.cachingUsd]).toEqual([
      expect.closeTo(PLAIN_USD / 2, 9),
      expect.closeTo(PLAIN_USD / 2, 9),
    ]);
    // A task without a cache is not spared.
    expect(bill({}, { assumptions: half }).usd).toBeCloseTo(PLAIN_USD, 9);
    // Only the frontier prices cached input lower: nine tenths of its 2.50, of nine tenths of its tokens.
    const prompts = bill({}, { assumptions: assumptionsWith({ ...BARE, promptCacheShare: 0.9 }) });
    expect(prompts.cachingUsd).toBeCloseTo(2.5 * 0.9 * 0.9, 9);
  });
});
