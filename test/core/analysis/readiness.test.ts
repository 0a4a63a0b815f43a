import { describe, expect, it } from 'vitest';
import { readiness } from '../../../lib/core/analysis/readiness';
import type { ProfileShown, ReadinessFacts, StoreShown } from '../../../lib/core/analysis/readiness/facts';
import { certificateBinding } from '../../../lib/core/policy/certificate';
import type { Certificate, OracleSpec, Policy, Task } from '../../../lib/core/types-policy';
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
  tasks: {
    triage: { certified: { tier: 'small' }, tiers: { small: { n: 200 } }, baseline: { profiledAt: PROFILED } },
  },
};

const ORACLE = TRIAGE.oracle ?? [];
const CODE: OracleSpec = { kind: 'code', module: './c.mjs', export: 'ok' };

/** As profiling the policy would have certified it. */
function boundNow(): Certificate {
  const policy = policyOf();
  const binding = certificateBinding(policy, policy.tasks.triage as Task);
  return { tier: 'small', risk: 0.05, confidence: 0.95, ...binding };
}

/** A profile that refused the task, made with something that was otherwise. */
function refusedWith(then: Partial<MadeWith>, oracle: readonly OracleSpec[] = ORACLE): ProfileShown {
  const policy = policyOf({ oracle });
  const madeWith = { ...certificateBinding(policy, policy.tasks.triage as Task), ...then };
  const { triage } = PROFILE.tasks;
  return { ...PROFILE, tasks: { triage: { ...triage, certified: { refused: 'x' }, madeWith } } } as ProfileShown;
}

type MadeWith = NonNullable<NonNullable<ProfileShown['tasks'][string]>['madeWith']>;

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
      projection: '$1,234.50 a month for 2,592,000 requests',
      'model-logged': '60 of 60 sampled records name their models',
      attribution: 'triage 50, open 10',
      thresholds: 'version 4 in a store is the file',
      'context-guard': 'prompts above 80 % of a window go to a larger one',
      'quality-monitoring': '1 % of the requests answered twice, up to $1.00 a day',
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

  it('fails both the profile and its rows where nothing was measured', () => {
    const { triage } = PROFILE.tasks;
    const empty = { ...PROFILE, tasks: { triage: { ...triage, certified: { refused: 'no verdict' }, tiers: {} } } };
    expect(failing({ profile: empty as ProfileShown })).toEqual([
      expect.stringMatching(/^labelled-data: 200 rows over 1 task; not one verdict on triage -> /),
      expect.stringMatching(/^profile: nothing was measured of triage -> /),
    ]);
  });

  it('passes a certificate by a judge model alone, and says so', () => {
    const policy = policyOf({ certificate: { ...boundNow(), judge: 'unvalidated' } });
    expect(failing({ policy })).toEqual([]);
    const item = readiness({ ...READY, policy }).find(({ id }) => id === 'profile');
    expect(item?.evidence).toContain('by a judge model that people have not validated: triage');
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
    [
      'a load that is over in a moment',
      { load: { ...LOAD, requests: 400, errors: 0, seconds: 0.1 } },
      /^peak-load: 400 requests in 0\.1 s; 200 requests in 60 s are the least that a p95 can be told by/,
    ],
    [
      'a load of a few requests',
      { load: { ...LOAD, requests: 190, errors: 0, seconds: 61 } },
      /^peak-load: 190 requests in 61 s; 200 requests in 60 s/,
    ],
    [
      'too few requests for a p99',
      { load: { ...LOAD, requests: 999, errors: 0, seconds: 100, latencyMs: { p99: 700 } } },
      /^peak-load: 999 requests in 100 s; 1,000 requests in 60 s are the least that a p99/,
    ],
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
      /^shadow: shadow answers on 6 of 7 days -> this version has no shadow yet, .* for 7 days keep each task on today's model .* control\.share above 0/,
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
    [
      'a certificate that allows more failures than the target does now',
      { policy: policyOf({ certificate: boundNow(), target: { passRate: 0.99, confidence: 0.95 } }) },
      /^profile: triage: the certificate allows 5 % of failures, and target asks for 99 % at 95 %/,
    ],
    [
      'a certificate of less confidence than the target asks for now',
      { policy: policyOf({ certificate: boundNow(), target: { passRate: 0.9, confidence: 0.99 } }) },
      /^profile: triage: the certificate holds at 95 %, and target asks for 90 % at 99 %/,
    ],
    [
      'an oracle of a refused task that has changed',
      { profile: refusedWith({ oracle: 'sha256:other' }) },
      /^profile: triage: the oracles have changed since -> profile again/,
    ],
    [
      'a prompt of a refused task that has changed',
      { profile: refusedWith({ prompts: 'sha256:other' }) },
      /^profile: triage: the prompts have changed since/,
    ],
    [
      'a fine-tune of a refused task that has changed',
      { profile: refusedWith({ models: { small: 'small-tuned', large: 'large-model' } }) },
      /^profile: triage: the models have changed since \(small\)/,
    ],
    [
      'code that judged a refused task and has changed',
      {
        policy: policyOf({ oracle: [...ORACLE, CODE] }),
        code: new Map([['./c.mjs#ok', 'sha256:2']]),
        profile: refusedWith({ code: { './c.mjs#ok': 'sha256:1' } }, [...ORACLE, CODE]),
      },
      /^profile: triage: the code has changed since \(\.\/c\.mjs#ok\)/,
    ],
    ['an old profile', { nowMs: NOW + 81 * 86_400_000 }, /^profile: the profile is 91 days old, above 90/],
    [
      'a profile without a date',
      {
        profile: { ...PROFILE, tasks: { triage: { certified: { refused: 'x' }, tiers: { small: {} }, baseline: {} } } },
      },
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
