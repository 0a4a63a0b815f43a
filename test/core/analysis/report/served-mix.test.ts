import { describe, expect, it } from 'vitest';
import { servedMixes } from '../../../../lib/core/analysis/report/served-mix';
import type { Task } from '../../../../lib/core/types-policy';
import { aPolicy, aTier } from '../../../builders';
import { traffic, triage } from '../../telemetry/watch/watching';

const tiers = [aTier({ id: 'small' }), aTier({ id: 'frontier' })];
const served = traffic({
  tasks: { triage: { requests: 2000 } },
  mix: { triage: { '-': { small: 500, frontier: 500 }, gold: { small: 900, frontier: 100 } } },
});

function policyOf(task: Partial<Task>) {
  return aPolicy({ tiers, tasks: [triage(task)] });
}

const INTENDED = { small: 0.9, frontier: 0.1 };

describe('the served mix', () => {
  it('is the shares of the answers, beside those that the baseline means', () => {
    const [whole, ...rest] = servedMixes(served, policyOf({ baseline: { mix: INTENDED, n: 10_000 } }), false);
    expect(rest).toEqual([]);
    expect(whole).toMatchObject({
      task: 'triage',
      userTier: null,
      served: 2000,
      shares: { small: 0.7, frontier: 0.3 },
      intended: INTENDED,
    });
    expect(whole?.distance).toBeCloseTo(0.2, 12);
    expect(whole?.beyondChance).toBeGreaterThan(0.1);
    expect(whole?.beyondChance).toBeLessThan(0.2);
  });

  it('is split by user tier where that is asked for', () => {
    const mixes = servedMixes(served, policyOf({ baseline: { mix: INTENDED, n: 10_000 } }), true);
    expect(mixes.map(({ userTier, served: n }) => [userTier, n])).toEqual([
      [null, 2000],
      ['-', 1000],
      ['gold', 1000],
    ]);
    expect(mixes.map(({ beyondChance }) => (beyondChance ?? 0) > 0)).toEqual([true, true, false]);
  });

  it('holds user tiers that rules mean to be served unlike against nothing', () => {
    const rules = [{ when: { userTiers: ['gold'] }, tier: 'small' }];
    const mixes = servedMixes(served, policyOf({ baseline: { mix: INTENDED }, rules }), true);
    expect(mixes.map(({ intended }) => intended)).toEqual([INTENDED, null, null]);
  });

  it('is shown without a baseline, and without a policy', () => {
    const alone = { intended: null, distance: null, beyondChance: null };
    expect(servedMixes(served, policyOf({}), false)).toMatchObject([{ served: 2000, ...alone }]);
    expect(servedMixes(served, undefined, true)).toMatchObject([alone, alone, alone]);
  });

  it('leaves out tasks that nobody answered', () => {
    expect(servedMixes(traffic({ tasks: { triage: { requests: 3 } } }), policyOf({}), true)).toEqual([]);
  });
});
