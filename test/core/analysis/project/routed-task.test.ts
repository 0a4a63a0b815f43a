import { describe, expect, it } from 'vitest';
import type { TaskRouting, Way } from '../../../../lib/core/analysis/profile/profile-document';
import type { MeasuredTask } from '../../../../lib/core/analysis/project/measured-profile';
import { climbShare, pathsOf } from '../../../../lib/core/analysis/project/paths';
import type { Rung } from '../../../../lib/core/analysis/project/scenario';
import { scenarioOf } from '../../../../lib/core/analysis/project/scenario-of';
import { canonicalHash } from '../../../../lib/core/policy/canonical-hash';
import type { OracleSpec, Policy, Task } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { aMeasuredTask, aMeasuredTier, aProfile } from './a-profile';

const LADDER = ['small', 'mid', 'big'];
const PASS_RATES = { small: 0.8, mid: 0.9, big: 1 };
const ORACLE: readonly OracleSpec[] = [{ kind: 'length', min: 1 }];

const way = (begins: readonly number[], mix: readonly number[]): Way => {
  const byTier = (shares: readonly number[]) => Object.fromEntries(LADDER.map((tier, i) => [tier, shares[i] ?? 0]));
  return { n: 100, begins: byTier(begins), mix: byTier(mix) };
};

const BY_START = {
  small: way([1, 0, 0], [0.7, 0.25, 0.05]),
  mid: way([0, 1, 0], [0, 0.92, 0.08]),
  big: way([0, 0, 1], [0, 0, 1]),
};

/** Profiled plainly, and certified at the top. */
const PLAIN: TaskRouting = {
  route: 'direct',
  start: 'big',
  certified: 'big',
  profiled: BY_START.big,
  byStart: BY_START,
};

const RULES: Task['rules'] = [{ when: { tokensAbove: 100 }, tier: 'mid' }];
const choosing = { strategy: ['rules'], rules: RULES };
const RULED: TaskRouting = {
  ...PLAIN,
  choosing,
  profiled: way([0, 0.3, 0.7], [0, 0.28, 0.72]),
  byStrategy: { small: way([0.7, 0.3, 0], [0.5, 0.4, 0.1]), big: way([0, 0.3, 0.7], [0, 0.27, 0.73]) },
  byCertificate: { big: way([0, 0.3, 0.7], [0, 0.28, 0.72]), mid: way([0, 1, 0], [0, 0.9, 0.1]) },
};

interface Given {
  readonly routing?: TaskRouting | undefined;
  readonly task?: Partial<Task>;
  readonly measured?: Partial<MeasuredTask>;
  readonly policy?: Partial<Policy>;
}

function projected({ routing, task = {}, measured = {}, policy }: Given, hasPolicy = true) {
  const found: MeasuredTask = { ...aMeasuredTask(PASS_RATES), ...(routing && { routing }), ...measured };
  const profile = aProfile({
    tiers: Object.fromEntries(LADDER.map((tier) => [tier, aMeasuredTier({ model: `${tier}-model` })])),
    tasks: {},
  });
  const own = aTask({ id: 'triage', ladder: LADDER, oracle: ORACLE, ...task });
  const whole = { ...aPolicy({ tiers: LADDER.map((id) => aTier({ id })), tasks: [own] }), ...policy };
  const scenario = scenarioOf(
    { ...profile, corpus: { n: 100, byTask: { triage: 100 } }, tasks: { triage: found } },
    { volume: 1000, atMs: 0, ...(hasPolicy && { policy: whole }) },
  );
  const rungs = scenario.tasks[0]?.rungs ?? [];
  return {
    rungs,
    ...shape(rungs),
    notes: scenario.notes.filter((note) => !note.includes('baseline')),
    routedAs: scenario.routedAs,
  };
}

function shape(rungs: readonly Rung[]) {
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const answers = rungs.map((_, index) =>
    round(pathsOf(rungs).reduce((sum, { to, share }) => sum + (to === index ? share : 0), 0)),
  );
  return { starts: rungs.map(({ start }) => round(start)), answers, climbing: round(climbShare(rungs)) };
}

const certificate = (tier: string, threshold?: number): NonNullable<Task['certificate']> => ({
  tier,
  risk: 0.05,
  confidence: 0.95,
  oracle: '',
  models: {},
  prompts: '',
  ...(threshold !== undefined && { threshold }),
});

const ANEW = ': projected as the policy has it, by the recorded answers';
const UNKNOWN = ', and where its requests would go was not recorded: taken as profiled; profile this policy to know';

describe('a task that the policy routes as it was profiled', () => {
  it.each<[string, Given]>([
    ['plainly', { routing: PLAIN, task: { start: 'big', certificate: certificate('big') } }],
    ['by rules', { routing: RULED, task: { start: 'big', certificate: certificate('big'), rules: RULES } }],
  ])('%s, is projected by what was played, and nothing is said', (_name, given) => {
    const { routing } = given;
    const { starts, answers, notes, routedAs } = projected(given);
    expect([starts, answers]).toEqual([
      Object.values(routing?.profiled?.begins ?? {}),
      Object.values(routing?.profiled?.mix ?? {}),
    ]);
    expect([notes, routedAs]).toEqual([[], 'policy']);
  });

  it('is that of the profile where there is no policy, and is called so', () => {
    const { answers, routedAs } = projected({ routing: RULED }, false);
    expect([answers, routedAs]).toEqual([[0, 0.28, 0.72], 'profile']);
  });
});

describe('a task that the policy routes otherwise', () => {
  it.each<[string, Given, readonly number[], readonly number[], string]>([
    [
      'another start',
      { routing: PLAIN, task: { start: 'small' } },
      [1, 0, 0],
      [0.7, 0.25, 0.05],
      'start small, profiled big',
    ],
    [
      'a static route, which sends nothing up',
      { routing: PLAIN, task: { start: 'small', route: 'static' } },
      [1, 0, 0],
      [1, 0, 0],
      'route static, profiled direct; start small, profiled big',
    ],
    [
      'no rules any more',
      { routing: RULED, task: { start: 'big', certificate: certificate('big') } },
      [0, 0, 1],
      [0, 0, 1],
      'its strategies or rules',
    ],
    [
      'the same rules from another start',
      { routing: RULED, task: { start: 'small', rules: RULES } },
      [0.7, 0.3, 0],
      [0.5, 0.4, 0.1],
      'start small, profiled big; certified nowhere, profiled big',
    ],
    [
      'the same rules, certified elsewhere',
      { routing: RULED, task: { start: 'mid', certificate: certificate('mid'), rules: RULES } },
      [0, 1, 0],
      [0, 0.9, 0.1],
      'start mid, profiled big; certified mid, profiled big',
    ],
  ])('is projected as the policy has it where it has %s', (_name, given, starts, answers, differences) => {
    const found = projected(given);
    expect([found.starts, found.answers]).toEqual([starts, answers]);
    expect(found.notes).toEqual([`triage is not routed as it was profiled (${differences})${ANEW}`]);
    expect(found.routedAs).toBe('policy');
  });

  it('is reckoned tier by tier on another ladder', () => {
    const { starts, answers, notes, routedAs } = projected({
      routing: PLAIN,
      task: { ladder: ['small', 'big'], start: 'small' },
      measured: { certified: { tier: 'big', risk: 0.05, confidence: 0.95 } },
    });
    expect([starts, answers, routedAs]).toEqual([[1, 0], [0.8, 0.2], 'policy']);
    expect(notes).toEqual([
      'triage is not routed as it was profiled (ladder small, big, profiled small, mid, big; start small, profiled big): ' +
        'reckoned from its tiers, one by one',
    ]);
  });

  it.each<[string, Given, string]>([
    [
      'other rules',
      { routing: RULED, task: { start: 'big', certificate: certificate('big'), rules: [...RULES, ...RULES] } },
      'its strategies or rules',
    ],
    [
      'rules where there were none',
      { routing: PLAIN, task: { start: 'big', rules: RULES } },
      'its strategies or rules; certified nowhere, profiled big',
    ],
    [
      'other bands of the score',
      {
        routing: {
          ...RULED,
          choosing: { strategy: ['score'], score: { weights: {}, cheapestBelow: 65, frontierAbove: 85 } },
        },
        task: { start: 'big', certificate: certificate('big'), strategy: ['score'] },
        policy: { score: { weights: {}, cheapestBelow: 40, frontierAbove: 85 } },
      },
      'its strategies or rules',
    ],
    [
      'a start that its certificate does not speak of',
      { routing: RULED, task: { start: 'mid', certificate: certificate('big'), rules: RULES } },
      'start mid, profiled big',
    ],
    [
      'rules on another ladder',
      { routing: RULED, task: { ladder: ['mid', 'big'], start: 'big', certificate: certificate('big'), rules: RULES } },
      'ladder mid, big, profiled small, mid, big',
    ],
  ])('is taken as profiled, and it is said, where it has %s', (_name, given, differences) => {
    const { answers, notes, routedAs } = projected(given);
    expect(answers.at(-1)).toBeCloseTo(given.routing?.profiled?.mix.big ?? 0, 9);
    expect(notes).toEqual([`triage is not routed as it was profiled (${differences})${UNKNOWN}`]);
    expect(routedAs).toBe('profile');
  });

  it('asks no tier that was not on the ladder of the profile where it is taken as profiled', () => {
    const rules = { start: 'small', rules: RULES };
    const found = projected({
      routing: { ...PLAIN, start: 'small', profiled: BY_START.small },
      task: { ...rules, ladder: ['small', 'extra', 'mid', 'big'] },
      policy: { tiers: Object.fromEntries(['extra', ...LADDER].map((id) => [id, aTier({ id })])) },
    });
    expect(found.rungs.map(({ tier }) => tier)).toEqual(LADDER);
    expect(found.answers).toEqual([0.7, 0.25, 0.05]);
    expect(found.notes).toContainEqual(expect.stringContaining(UNKNOWN));
    const turned = projected({
      routing: { ...PLAIN, start: 'small', profiled: BY_START.small },
      task: { ...rules, ladder: ['mid', 'small', 'big'] },
    });
    expect([turned.rungs.map(({ tier }) => tier), turned.answers]).toEqual([LADDER, [0.7, 0.25, 0.05]]);
    const replaced = projected({
      routing: PLAIN,
      task: { ...rules, ladder: ['small', 'large', 'top'] },
      policy: { tiers: Object.fromEntries(['large', 'top', ...LADDER].map((id) => [id, aTier({ id })])) },
    });
    expect([replaced.rungs.map(({ tier }) => tier), replaced.answers]).toEqual([
      ['small', 'top'],
      [0, 1],
    ]);
  });

  it('says where a profile does not tell how it was routed', () => {
    const baseline = { upRouteRate: 0, climbRate: 0.2, mix: { small: 0.8, mid: 0.2 } };
    const { notes, routedAs } = projected({ task: { start: 'mid' }, measured: { baseline } });
    expect(notes).toContain(
      'the profile does not say how triage was routed: taken as profiled, whatever the policy says',
    );
    expect(routedAs).toBe('profile');
  });
});

describe('what goes up', () => {
  const judging: readonly OracleSpec[] = [{ kind: 'judge', tier: 'big', rubric: 'good', pass: 0.5 }];

  it.each<[string, Given, readonly number[], string]>([
    [
      'a static route gated nothing',
      {
        routing: { ...PLAIN, route: 'static', byStart: { ...BY_START, small: way([1, 0, 0], [1, 0, 0]) } },
        task: { start: 'small' },
      },
      [0.8, 0.18, 0.02],
      'triage: which answers go up on route direct was not recorded on route static: every one that failed is taken to',
    ],
    [
      'a judge sends answers up that was not asked to',
      { routing: PLAIN, task: { start: 'small', route: 'cascade', oracle: judging } },
      [0.8, 0.18, 0.02],
      'triage: which answers go up on route cascade was not recorded on route direct: every one that failed is taken to',
    ],
    [
      'a judge sends none up any more',
      { routing: { ...PLAIN, route: 'cascade' }, task: { start: 'small', oracle: judging } },
      [0.7, 0.25, 0.05],
      'triage: which answers go up on route direct was not recorded on route cascade: taken as there',
    ],
  ])('is assumed, and said, where %s', (_name, given, answers, note) => {
    const found = projected(given);
    expect(found.answers).toEqual(answers);
    expect(found.notes).toContain(note);
    expect(found.routedAs).toBe('profile');
  });

  it('is not known of a margin that was certified by another profile, and that is said', () => {
    const note = 'triage: which answers go up for their margin was not recorded: none is taken to';
    const other = { start: 'mid', certificate: certificate('mid', 0.5) };
    for (const routing of [PLAIN, { ...PLAIN, threshold: 0.7 }, { ...PLAIN, threshold: 0.5 }]) {
      const { answers, notes, routedAs } = projected({ routing, task: other });
      expect(answers).toEqual([0, 0.92, 0.08]);
      expect(notes).toContain(note);
      expect(routedAs).toBe('profile');
    }
    const unruled = { start: 'big', certificate: certificate('big', 0.5) };
    expect(projected({ routing: { ...RULED, threshold: 0.5 }, task: unruled }).notes).toContain(note);
    const none = projected({ routing: { ...PLAIN, threshold: 0.7 }, task: { start: 'mid' } });
    expect(none.notes).not.toContain(note);
    expect(projected({ routing: PLAIN, task: { ...other, route: 'static' } }).notes).not.toContain(note);
  });

  it('is what the checks of the profile sent up, which is said where there are others now', () => {
    const madeWith = { oracle: canonicalHash(ORACLE), models: {}, prompts: '' };
    const given: Given = {
      routing: PLAIN,
      task: { start: 'big', certificate: certificate('big') },
      measured: { madeWith },
    };
    expect(projected(given)).toMatchObject({ notes: [], routedAs: 'policy' });
    const other = { ...given, task: { ...given.task, oracle: [{ kind: 'length', min: 2 }] as const } };
    expect(projected(other)).toMatchObject({
      notes: [
        'triage is not checked as it was profiled: which answers go up is taken from the checks it was profiled with',
      ],
      routedAs: 'profile',
    });
    const sure = { ...PLAIN, threshold: 0.5 };
    const added: readonly OracleSpec[] = [...ORACLE, { kind: 'confidence', threshold: 0.5 }];
    const vouched = { ...certificate('big', 0.5), oracle: canonicalHash(added) };
    const threshold = { ...given.task, certificate: vouched, oracle: added };
    expect(projected({ ...given, routing: sure, task: threshold })).toMatchObject({ notes: [], routedAs: 'policy' });
    const changed = { ...threshold, oracle: added.slice(1) };
    expect(projected({ ...given, routing: sure, task: changed })).toMatchObject({
      notes: [expect.stringMatching(/^triage is not checked as it was profiled/)],
      routedAs: 'profile',
    });
  });

  it('goes by the tiers that are left where one may not be asked any more', () => {
    const { starts, answers } = projected({
      routing: { ...PLAIN, start: 'small', profiled: BY_START.small },
      task: { start: 'small', residency: 'vpc' },
      policy: {
        tiers: {
          small: aTier({ id: 'small' }),
          mid: aTier({ id: 'mid', location: 'anywhere' }),
          big: aTier({ id: 'big' }),
        },
      },
    });
    expect([starts, answers]).toEqual([
      [1, 0],
      [0.8, 0.2],
    ]);
  });
});
