import { describe, expect, it } from 'vitest';
import { readiness } from '../../../lib/core/analysis/readiness';
import type { ProfileShown, ReadinessFacts, StoreShown } from '../../../lib/core/analysis/readiness/facts';
import type { Policy, Task } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';

const NOW = Date.UTC(2026, 10, 22);
const PROFILED = '2026-11-12T00:00:00.000Z';

const TRIAGE: Partial<Task> & { id: string; ladder: readonly string[] } = {
  id: 'triage',
  ladder: ['small', 'large'],
  oracle: [{ kind: 'labels', labels: ['a'] }],
  latencyBudgetMs: 800,
  baseline: { escalationRate: 0.1, low: 0.08, high: 0.12, profiledAt: PROFILED },
};
/** Begins where it ends: nothing is to be decided for it. */
const OPEN = aTask({ id: 'open', ladder: ['large'], route: 'static', oracle: [{ kind: 'length', min: 1 }] });

function policyOf(task: Partial<Task> = {}, parts: Partial<Omit<Policy, 'tiers' | 'tasks'>> = {}): Policy {
  return aPolicy({
    tiers: [aTier({ id: 'small' }), aTier({ id: 'large' })],
    tasks: [aTask({ ...TRIAGE, ...task }), OPEN],
    // 2,592,000 a month are one a second.
    traffic: { monthlyRequests: 2_592_000, hourly: [] },
    control: { share: 0.01, dailyUsd: 1 },
    ...parts,
  });
}

const PROFILE: ProfileShown = {
  policy: { id: 'test-policy', version: '3' },
  corpus: { n: 200, byTask: { triage: 200 } },
  tiers: { small: { model: 'small-model' }, large: { model: 'large-model' } },
  tasks: { triage: { certified: { tier: 'small' }, baseline: { profiledAt: PROFILED } } },
};

const STORE: StoreShown = {
  name: 'a store',
  active: { version: 4, isSame: true },
  records: { sampled: 60, withoutModel: 0, byTask: { triage: 50, open: 10 }, shadowDays: 7 },
};

const LOAD = { requests: 1000, errors: 10, seconds: 500, latencyMs: { p95: 790 } };

const READY: ReadinessFacts = {
  nowMs: NOW,
  policy: policyOf(),
  profile: PROFILE,
  projection: { policy: { id: 'test-policy' }, volume: 2_592_000, monthlyUsd: 1234.5 },
  load: LOAD,
  store: STORE,
};

function withStore(store: Partial<StoreShown>, records: Partial<StoreShown['records']> = {}): Partial<ReadinessFacts> {
  return { store: { ...STORE, ...store, records: { ...STORE.records, ...records } } };
}

function failing(change: Partial<ReadinessFacts>): string[] {
  const items = readiness({ ...READY, ...change }).filter(({ ok }) => !ok);
  return items.map(({ id, evidence, how }) => `${id}: ${evidence} -> ${how}`);
}

describe('readiness', () => {
  it('passes every item of a launch that is prepared, with evidence', () => {
    const items = readiness(READY);
    expect(items.map(({ ok }) => ok)).toEqual(new Array(13).fill(true));
    expect(Object.fromEntries(items.map(({ id, evidence }) => [id, evidence]))).toEqual({
      'labelled-data': '200 rows over 1 task',
      'peak-load': 'p95 790 ms at 2 requests/s, peak 1 requests/s, 10 of 1000 failed, within 800 ms',
      shadow: 'shadow answers on 7 days',
      'task-audit': 'owner and three answers of 2 tasks',
      oracle: '2 tasks, each with a check on its answers',
      profile: '1 of 1 task certified, no certificate void',
      projection: '$1234.50 a month for 2592000 requests',
      'model-logged': '60 of 60 sampled records name their models',
      attribution: 'triage 50, open 10',
      thresholds: 'version 4 in a store is the file',
      'context-guard': 'prompts above 80 % of a window go to a larger one',
      'quality-monitoring': '1 % of the requests answered twice, up to $1 a day',
      'escalation-alarm': 'alarms at +15 % of the baseline',
    });
  });

  it('fails what nothing was shown for, and says how to show it', () => {
    const { profile: _, projection: _p, load: _l, store: _s, ...nothing } = READY;
    const items = readiness(nothing).filter(({ ok }) => !ok);
    expect(items.map(({ id }) => id)).toEqual([
      'labelled-data',
      'peak-load',
      'shadow',
      'profile',
      'projection',
      'model-logged',
      'attribution',
      'thresholds',
    ]);
    expect(items.every(({ how }) => (how ?? '').length > 10)).toBe(true);
  });

  const certificate = { tier: 'small', risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' };

  it.each<[string, Partial<ReadinessFacts>, RegExp]>([
    [
      'too few rows of a task',
      { profile: { ...PROFILE, corpus: { n: 220, byTask: { triage: 20, faq: 200 } } } },
      /^labelled-data: .*too few for triage \(20\)/,
    ],
    [
      'too few rows in all',
      { profile: { ...PROFILE, corpus: { n: 90, byTask: { triage: 90 } } } },
      /^labelled-data: 90 rows.*200 rows at least/,
    ],
    ['less load than twice the peak', { load: { ...LOAD, seconds: 600 } }, /^peak-load: .*less than twice the peak/],
    ['a slow p95', { load: { ...LOAD, latencyMs: { p95: 801 } } }, /^peak-load: .*above 800 ms/],
    ['a slow p99, where only that is told', { load: { ...LOAD, latencyMs: { p99: 900 } } }, /^peak-load: p99 900 ms/],
    ['no percentile', { load: { ...LOAD, latencyMs: {} } }, /^peak-load: the load tells neither/],
    ['failures under load', { load: { ...LOAD, errors: 11 } }, /^peak-load: .*11 of 1000 failed -> see what failed/],
    ['a limit of the load itself', { load: { ...LOAD, limitMs: 500 } }, /^peak-load: .*above 500 ms/],
    [
      'nothing to hold the load to',
      { policy: policyOf({ latencyBudgetMs: undefined } as never) },
      /^peak-load: .*no task has a latencyBudgetMs/,
    ],
    [
      'no declared traffic',
      { policy: policyOf({}, { traffic: undefined } as never) },
      /^peak-load: the policy does not say what the peak is/,
    ],
    [
      'a busy hour',
      { policy: policyOf({}, { traffic: { monthlyRequests: 2_592_000, hourly: [2, ...new Array(22).fill(1), 0] } }) },
      /^peak-load: .*peak 2 requests\/s.*less than/,
    ],
    [
      'six days of shadow',
      withStore({}, { shadowDays: 6 }),
      /^shadow: shadow answers on 6 of 7 days -> .*tierwise shadow/,
    ],
    [
      'an unanswered audit',
      { policy: policyOf({ audit: { inputs: '', acceptable: 'x', consequence: 'low' } }) },
      /^task-audit: missing: triage \(audit.inputs\)/,
    ],
    ['no oracle', { policy: policyOf({ oracle: [] }) }, /^oracle: none for triage/],
    [
      'a profile of another policy',
      { profile: { ...PROFILE, policy: { id: 'other', version: '1' } } },
      /^profile: the profile is of policy other/,
    ],
    [
      'another model since',
      { profile: { ...PROFILE, tiers: { small: { model: 'old' } } } },
      /^profile: models have changed since: small was old and is small-model/,
    ],
    [
      'a void certificate',
      { policy: policyOf({ certificate }) },
      /^profile: void certificates: triage \(oracle, models, prompts\)/,
    ],
    ['an old profile', { nowMs: NOW + 81 * 86_400_000 }, /^profile: the profile is 91 days old, above 90/],
    [
      'a profile without a date',
      { profile: { ...PROFILE, tasks: { triage: { certified: { refused: 'x' }, baseline: {} } } } },
      /^profile: the profile does not say when/,
    ],
    [
      'a task that was not profiled',
      {
        policy: aPolicy({
          ...policyOf(),
          tiers: Object.values(policyOf().tiers),
          tasks: [...Object.values(policyOf().tasks), aTask({ ...TRIAGE, id: 'faq' })],
        }),
        profile: { ...PROFILE, corpus: { n: 230, byTask: { triage: 200, faq: 30 } } },
      },
      /^profile: not profiled: faq/,
    ],
    [
      'a projection of another policy',
      { projection: { policy: { id: 'other' }, volume: 1, monthlyUsd: 1 } },
      /^projection: the projection is of policy other/,
    ],
    ['records without a model', withStore({}, { withoutModel: 1 }), /^model-logged: 59 of 60/],
    [
      'records of a task that is not there',
      withStore({}, { byTask: { gone: 3 } }),
      /^attribution: gone 3 -> publish a policy that knows gone/,
    ],
    [
      'another policy in force',
      withStore({ active: { version: 9, isSame: false } }),
      /^thresholds: version 9 in a store is in force, and is not the file/,
    ],
    ['a guard that leaves no room', { policy: policyOf({}, { guards: { contextFraction: 1 } }) }, /^context-guard: /],
    [
      'nobody watching',
      { policy: policyOf({ oracle: [{ kind: 'exact', ignoreCase: false }] }, { control: { share: 0, dailyUsd: 1 } }) },
      /^quality-monitoring: no control sample.*triage/,
    ],
    [
      'a late alarm',
      { policy: policyOf({}, { alarms: { ...policyOf().alarms, escalationAbove: 0.3 } }) },
      /^escalation-alarm: alarms at \+30 %/,
    ],
    [
      'no baseline',
      { policy: policyOf({ baseline: {} }) },
      /^escalation-alarm: .*no baseline, so no judgement, for triage/,
    ],
  ])('fails for %s, and for nothing else', (_name, change, message) => {
    const items = failing(change);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatch(message);
  });

  it.each<[string, Partial<ReadinessFacts>]>([
    [
      'the policy holds its projection',
      { projection: undefined, policy: policyOf({}, { projection: { monthlyUsd: 900, perTier: {} } }) } as never,
    ],
    ['checks in production watch every task', { policy: policyOf({}, { control: { share: 0, dailyUsd: 0 } }) }],
    ['the 99th percentile is within the budget', { load: { ...LOAD, latencyMs: { p99: 700 } } }],
  ])('passes where %s', (_name, change) => {
    expect(failing(change)).toEqual([]);
  });

  it('says that a store without records shows nothing', () => {
    const items = failing(withStore({}, { sampled: 0, byTask: {} }));
    expect(items).toEqual([
      expect.stringMatching(/^model-logged: a store has no records of the last seven days/),
      expect.stringMatching(/^attribution: a store has no records/),
    ]);
    const { active: _, ...unpublished } = STORE;
    expect(failing({ store: unpublished })).toEqual([
      expect.stringMatching(/^thresholds: nothing is published in a store/),
    ]);
  });
});
