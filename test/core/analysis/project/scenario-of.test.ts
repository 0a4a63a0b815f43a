import { describe, expect, it } from 'vitest';
import { ImpossibleProjection } from '../../../../lib/core/analysis/project/impossible';
import type { ProjectOptions } from '../../../../lib/core/analysis/project/scenario';
import { scenarioOf, shapeOf } from '../../../../lib/core/analysis/project/scenario-of';
import type { Policy } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { aMeasuredTask, aMeasuredTier, aProfile } from './a-profile';

const NOW = Date.parse('2026-11-22T00:00:00Z');

const SMALL = aTier({ id: 'small', prices: [{ kind: 'gpu', hourly: 1, tokensPerSecond: 1000, uplift: 1 }] });
const FRONTIER = aTier({
  id: 'frontier',
  location: 'anywhere',
  prices: [
    { kind: 'tokens', input: 4, output: 20, uplift: 1 },
    { kind: 'tokens', effectiveFrom: '2027-01-01', input: 8, output: 40, uplift: 1 },
  ],
});

function policyOf(parts: Partial<Policy> = {}): Policy {
  const tasks = ['one', 'two'].map((id) => aTask({ id, ladder: ['small', 'frontier'] }));
  return { ...aPolicy({ tiers: [SMALL, FRONTIER], tasks }), ...parts };
}

function withTasks(...tasks: Parameters<typeof aTask>[0][]): Policy {
  return aPolicy({ tiers: [SMALL, FRONTIER], tasks: tasks.map(aTask) });
}

const PROFILE = aProfile({
  tiers: {
    small: aMeasuredTier({ model: 'small-model', price: { hourly: 1, tokensPerSecond: 1000 } }),
    frontier: aMeasuredTier({ model: 'frontier-model', price: { input: 4, output: 20 }, inputTokens: 600 }),
  },
  tasks: { one: aMeasuredTask({ small: 0.9, frontier: 0.99 }), two: aMeasuredTask({ small: 0.9, frontier: 0.99 }) },
  corpus: { n: 400, byTask: { one: 100, two: 300 } },
});

function scenario(options: Partial<ProjectOptions> = {}, profile = PROFILE) {
  return scenarioOf(profile, { volume: 1000, atMs: NOW, policy: policyOf(), ...options });
}

const shares = (options: Partial<ProjectOptions>) =>
  Object.fromEntries(scenario(options).tasks.map(({ id, share }) => [id, share]));

describe('the mix', () => {
  const ladder = ['small', 'frontier'];

  it('is the one the policy declares', () => {
    const policy = withTasks({ id: 'one', ladder, weight: 3 }, { id: 'two', ladder, weight: 1 });
    expect(shares({ policy })).toEqual({ one: 0.75, two: 0.25 });
  });

  it('is that of the corpus where the policy declares none, and without a policy', () => {
    expect(shares({})).toEqual({ one: 0.25, two: 0.75 });
    const { tasks } = scenarioOf(PROFILE, { volume: 1000, atMs: NOW });
    expect(tasks.map(({ share }) => share)).toEqual([0.25, 0.75]);
  });

  it('is what the rows of the corpus weigh where the profile tells, as attacks are no traffic', () => {
    const corpus = { ...PROFILE.corpus, mix: { one: 0.4, two: 0.6 } };
    expect(scenario({}, { ...PROFILE, corpus }).tasks.map(({ share }) => share)).toEqual([0.4, 0.6]);
  });

  it('says what it leaves out', () => {
    const policy = withTasks({ id: 'one', ladder, weight: 3 }, { id: 'other', ladder, weight: 1 });
    const { tasks, notes } = scenario({ policy });
    expect(tasks.map(({ id, share }) => [id, share])).toEqual([['one', 1]]);
    expect(notes).toContain('two was profiled and is not in the policy; left out');
    expect(notes).toContain('other: 25.0 % of the declared traffic has no profile; left out');
    const half = withTasks({ id: 'one', ladder, weight: 3 }, { id: 'two', ladder });
    expect(scenario({ policy: half }).notes).toContain('two has no share of the traffic (weight); left out');
  });

  it('is refused where nothing is left', () => {
    const policy = withTasks({ id: 'other', ladder });
    expect(() => scenario({ policy })).toThrow(ImpossibleProjection);
    expect(() => scenario({ policy })).toThrow('no task of the profile (one, two) has traffic');
  });
});

describe('a tier', () => {
  it('costs what the policy says on the day', () => {
    expect(scenario().tiers.frontier?.price).toMatchObject({ input: 4 });
    const later = scenario({ atMs: Date.parse('2027-02-01T00:00:00Z') });
    expect(later.tiers.frontier?.price).toMatchObject({ input: 8 });
  });

  it('costs what the profile says where there is no policy, and the dearest is the frontier', () => {
    const { tiers, frontier, notes } = scenarioOf(PROFILE, { volume: 1000, atMs: NOW });
    expect(tiers.small?.price).toEqual({ kind: 'gpu', hourly: 1, tokensPerSecond: 1000, uplift: 1 });
    expect(tiers.frontier?.price).toEqual({ kind: 'tokens', input: 4, output: 20, uplift: 1 });
    expect(frontier).toBe('frontier');
    expect(notes[0]).toMatch(/^no policy was given/);
  });

  it.each([
    ['parsed', { kind: 'tokens', input: 2, output: 3, uplift: 1.1 }, { input: 2, uplift: 1.1 }],
    [
      'a list with dates',
      [
        { input: 2, output: 3 },
        { effectiveFrom: '2026-01-01', input: 1, output: 3 },
      ],
      { input: 1 },
    ],
    [
      'a list with a date to come',
      [
        { input: 2, output: 3 },
        { effectiveFrom: '2027-01-01', input: 1, output: 3 },
      ],
      { input: 2 },
    ],
    [
      'with long prompts',
      { input: 2, output: 3, longPrompt: { above: 9, input: 4, output: 6 } },
      { longPrompt: { above: 9 } },
    ],
  ])('carries its price in the profile %s', (_name, price, read) => {
    const profile = aProfile({
      ...PROFILE,
      tiers: { small: aMeasuredTier({ price }), frontier: aMeasuredTier({ price }) },
    });
    expect(scenarioOf(profile, { volume: 1, atMs: NOW }).tiers.small?.price).toMatchObject(read);
  });

  it.each([
    [undefined],
    ['cheap'],
    [{ input: 1 }],
    [{ hourly: 1, tokensPerSecond: 0 }],
    [[]],
    [[{ input: 1, output: 2 }, 3]],
  ])('whose price in the profile is %j is refused without a policy', (price) => {
    const profile = aProfile({ ...PROFILE, tiers: { small: aMeasuredTier({ price }) } });
    expect(() => scenarioOf(profile, { volume: 1, atMs: NOW })).toThrow('tiers.small.price is no price');
  });

  it('runs as many copies as the policy says, else as many as the constructs start', () => {
    expect(scenario().tiers.small?.replicas).toEqual({ min: 1, max: 2 });
    const small = { ...SMALL, gpu: { instance: 'g6e.xlarge', min: 3, max: 5 } };
    const policy = { ...policyOf(), tiers: { small, frontier: FRONTIER } };
    expect(scenario({ policy }).tiers.small?.replicas).toEqual({ min: 3, max: 5 });
    const least = { ...SMALL, gpu: { instance: 'g6e.xlarge', min: 3 } };
    expect(scenario({ policy: { ...policy, tiers: { ...policy.tiers, small: least } } }).tiers.small?.replicas).toEqual(
      {
        min: 3,
        max: 3,
      },
    );
  });

  it('that was not profiled, or with another model, is said to be', () => {
    const tiers = { small: aMeasuredTier({ model: 'older', price: PROFILE.tiers.small?.price }) };
    const { notes } = scenario({}, { ...PROFILE, tiers });
    expect(notes).toContain('frontier was not profiled: its token counts are the mean of the tiers that were');
    expect(notes).toContain('small was profiled with another model (older); profile it again');
  });
});

describe('a task', () => {
  const ladder = ['small', 'frontier'];

  it('uses its own token counts, else the mean of the tier', () => {
    const one = aMeasuredTask(
      { small: 0.9, frontier: 0.99 },
      { calls: { small: { inputTokens: 50, outputTokens: 5 } } },
    );
    const [first, second] = scenario({}, { ...PROFILE, tasks: { ...PROFILE.tasks, one } }).tasks;
    expect(first?.tokens).toEqual({ small: { input: 50, output: 5 }, frontier: { input: 600, output: 200 } });
    expect(second?.tokens.small).toEqual({ input: 500, output: 200 });
  });

  it('goes to no tier that its residency or retention excludes', () => {
    const policy = withTasks({ id: 'one', ladder, residency: 'vpc' }, { id: 'two', ladder, maxRetentionDays: 0 });
    const { tasks, notes, assumptions } = scenario({
      policy: { ...policy, tiers: { small: { ...SMALL, retentionDays: 0 }, frontier: FRONTIER } },
    });
    expect(tasks.map(({ rungs, allowed }) => [rungs.map(({ tier }) => tier), allowed])).toEqual([
      [['small'], ['small']],
      [['small'], ['small']],
    ]);
    expect(notes.some((note) => note.includes('has no tier'))).toBe(false);
    // A network without a way out is reached, and left, by endpoints.
    expect(assumptions).toMatchObject({ interfaceEndpoints: 9, natGateways: 0 });
  });

  it('without a tier it may use is left out, and it is said', () => {
    const policy = withTasks({ id: 'one', ladder }, { id: 'two', ladder: ['frontier'], residency: 'vpc' });
    const { tasks, notes } = scenario({ policy });
    expect(tasks.map(({ id, share }) => [id, share])).toEqual([['one', 1]]);
    expect(notes).toContain('two has no tier it may use; left out');
  });

  it('takes the profile before the baseline of the policy, and says where there is neither', () => {
    const baseline = { climbRate: 0.3, upRouteRate: 0 };
    const policy = withTasks({ id: 'one', ladder, baseline }, { id: 'two', ladder });
    const { tasks, notes } = scenario({ policy });
    expect(tasks.map(({ rungs }) => rungs[0]?.climb)).toEqual([0.3, expect.closeTo(0.1, 12)]);
    expect(notes).toContain('two has no baseline: its escalations are taken from single tiers in profiling');
    const measured = aMeasuredTask({ small: 0.9, frontier: 0.99 }, { baseline: { climbRate: 0.2, upRouteRate: 0 } });
    const both = scenario({ policy }, { ...PROFILE, tasks: { ...PROFILE.tasks, one: measured } });
    expect(both.tasks[0]?.rungs[0]?.climb).toBe(0.2);
  });

  it('pays for its classifier, its embedding and, in a cascade, its judge', () => {
    const task = {
      id: 'one',
      ladder,
      strategy: ['classifier', 'embedding'] as const,
      classifier: { tier: 'small', timeoutMs: 1, simpleAbove: 0.8, complexBelow: 0.6 },
      embedding: { tier: 'small', k: 5, similarity: 0.85, examples: [] },
      oracle: [{ kind: 'judge', tier: 'frontier', rubric: 'x'.repeat(400), pass: 0.8 }] as const,
    };
    const assumptions = { classifierPromptTokens: 40, classifierOutputTokens: 4, judgeOutputTokens: 30 };
    const cascade = scenario({ policy: withTasks({ ...task, route: 'cascade' }), assumptions }).tasks[0];
    expect(cascade?.choosing).toEqual([
      { tier: 'small', input: 540, output: 4 },
      { tier: 'small', input: 500, output: 0 },
    ]);
    expect(cascade?.judges).toEqual([{ tier: 'frontier', input: 100, output: 30 }]);
    const direct = scenario({ policy: withTasks({ ...task, route: 'direct', strategy: ['rules'] }) }).tasks[0];
    expect([direct?.choosing, direct?.judges]).toEqual([[], []]);
  });
});

describe('what the policy and the user add', () => {
  it('is traffic by the hour, hidden costs, control and what records cost to keep', () => {
    const hourly = [...Array<number>(12).fill(0), ...Array<number>(12).fill(5)];
    const policy = policyOf({
      traffic: { hourly },
      hiddenCosts: { churn: 10, residency: 20 },
      control: { share: 0.01, dailyUsd: 2 },
      attribution: { retentionDays: 30 },
    });
    const result = scenario({ policy, hiddenCosts: { churn: 15, 'migration-risk': 5 } });
    expect(result.hourly[0]).toBe(0);
    expect(result.hourly[20]).toBeCloseTo(1 / 12, 12);
    expect(result.hiddenCosts).toEqual({ churn: 15, residency: 20, 'migration-risk': 5 });
    expect(result.control).toEqual({ share: 0.01, limitUsd: 60 });
    expect(result.assumptions).toMatchObject({ recordDays: 30, natGateways: 1, retryShare: 0.01 });
    expect(scenario({ policy, hourly: Array<number>(24).fill(1) }).hourly[0]).toBeCloseTo(1 / 24, 12);
    expect(scenario({ policy, assumptions: { natGateways: 0 }, rates: { metric: 0 } })).toMatchObject({
      assumptions: { natGateways: 0 },
      rates: { metric: 0, log: 0.5 },
    });
  });

  it.each([[[]], [Array<number>(24).fill(0)]])('is an even day where no hour is said: %j', (hourly) => {
    expect(shapeOf(hourly)).toEqual(Array<number>(24).fill(1 / 24));
  });
});

describe('what was not measured', () => {
  const blank = aMeasuredTask({}, { ladder: ['small', 'frontier'] });
  const seen = aMeasuredTask({ small: 0.9, frontier: 0.99 });

  it('is nothing to project from where it is everything', () => {
    const profile = aProfile({ tiers: PROFILE.tiers, tasks: { one: blank, two: blank } });
    expect(() => scenario({}, profile)).toThrow(ImpossibleProjection);
    expect(() => scenario({}, profile)).toThrow('no answer to one, two has a verdict');
  });

  it('is said of a task whose answers have no verdict', () => {
    const { notes } = scenario({}, aProfile({ tiers: PROFILE.tiers, tasks: { one: blank, two: seen } }));
    expect(notes).toContain('no answer to one has a verdict: whether a tier is good enough for it is not known');
  });

  it('is not taken for a call without tokens', () => {
    const told = aMeasuredTier({ inputTokens: 600, outputTokens: 60 });
    const untold = aMeasuredTier({ inputTokens: 0, outputTokens: 0 });
    const calls = { small: { inputTokens: 0, outputTokens: 0 } };
    const tasks = { one: { ...seen, calls }, two: seen };
    const { tasks: found } = scenario({}, aProfile({ tiers: { small: untold, frontier: told }, tasks }));
    expect(found[0]?.tokens.small).toEqual({ input: 600, output: 60 });
    expect(() => scenario({}, aProfile({ tiers: { small: untold, frontier: untold }, tasks }))).toThrow(
      'the profile has no token counts',
    );
  });
});
