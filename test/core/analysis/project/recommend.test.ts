import { describe, expect, it } from 'vitest';
import { projectScenario } from '../../../../lib/core/analysis/project';
import { assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { stageOf } from '../../../../lib/core/analysis/project/recommend';
import type { Rung, Scenario, ScenarioTask, ScenarioTier } from '../../../../lib/core/analysis/project/scenario';
import { aScenario, aTaskOf, BARE, gpuTier, rentedTier } from './a-scenario';

const TOKENS = { input: 1000, output: 0 };
const OWN = gpuTier('own', 1, 1000, 1, 4);
const CHEAP = rentedTier('cheap', 0.5, 0);
const FRONTIER = rentedTier('frontier', 20, 0);

/** Most begin on the first tier; a tenth of its answers fail. */
function ladderOf(...tiers: readonly string[]): Rung[] {
  return tiers.map((tier, index) => ({
    tier,
    start: index === 0 ? 1 : 0,
    climb: index === tiers.length - 1 ? 0 : 0.1,
  }));
}

function projected(
  tiers: readonly ScenarioTier[],
  volume: number,
  task: Partial<ScenarioTask> = {},
  parts: Partial<Omit<Scenario, 'tiers' | 'tasks'>> = {},
) {
  const ids = tiers.map(({ id }) => id);
  // Alone, the tiers below the last miss the target.
  const passRates = Object.fromEntries(ids.map((id, index) => [id, index === ids.length - 1 ? 0.99 : 0.9]));
  const tasks = [aTaskOf('task', ladderOf(...ids), TOKENS, { passRates, ...task })];
  return projectScenario(aScenario({ volume, tiers, tasks, ...parts }));
}

const everyoneCounted = { assumptions: assumptionsWith({ retryShare: 0 }) };

describe('the recommendation', () => {
  it.each([
    ['route, where rented tiers in a ladder are cheapest', () => projected([CHEAP, FRONTIER], 1e6), 'route'],
    [
      'the frontier alone, where people cost more than is saved',
      () => projected([CHEAP, FRONTIER], 50_000, {}, everyoneCounted),
      'all-frontier',
    ],
    [
      'a single cheap tier, where it meets the target by itself',
      () => projected([CHEAP, FRONTIER], 1e6, { passRates: { cheap: 0.97, frontier: 0.99 } }),
      'all-cheap',
    ],
    ['hybrid, where GPUs are used enough', () => projected([OWN, CHEAP, FRONTIER], 5e7), 'hybrid'],
    ['api-only, where GPUs would stand idle', () => projected([OWN, CHEAP, FRONTIER], 300_000), 'api-only'],
    [
      'self-hosted, where all tiers are',
      () =>
        projected([gpuTier('own', 1, 1000, 1, 50), gpuTier('large', 4, 2000, 1, 50)], 5e7, {
          passRates: { own: 0.9, large: 0.99 },
        }),
      'self-hosted',
    ],
  ])('is %s', (_name, result, recommendation) => {
    expect(result()).toMatchObject({ recommendation });
  });

  it('names the single tier, cheapest of those that will do', () => {
    const passRates = { poor: 0.5, cheap: 0.97, frontier: 0.99 };
    const result = projected([rentedTier('poor', 0.1, 0), CHEAP, FRONTIER], 1e6, { passRates }, everyoneCounted);
    expect(result.cheapest).toBe('poor');
    expect(result.options[0]).toMatchObject({ name: 'all-cheap', tier: 'cheap', feasible: true, usd: 500 });
    expect(result.why).toMatch(/^all-cheap on cheap comes to \$500\.00 a month; the next, route, comes to /);
  });

  it('sends no task where its residency keeps it from', () => {
    const result = projected([OWN, CHEAP, FRONTIER], 300_000, {
      rungs: ladderOf('own'),
      allowed: ['own'],
      passRates: { own: 0.9 },
    });
    expect(result.options.filter(({ feasible }) => !feasible).map(({ name }) => name)).toContain('all-frontier');
    expect(['self-hosted', 'all-cheap']).toContain(result.recommendation);
    const barred = result.options.find(({ name }) => name === 'all-frontier');
    expect(barred?.against).toEqual(['residency or retention keep task from frontier']);
  });

  it('asks for no more engineers than there are', () => {
    const alone = projected([OWN, CHEAP, FRONTIER], 5e8, {}, { ...everyoneCounted, engineers: 0.2 });
    expect(alone.recommendation).toBe('api-only');
    expect(alone.options.find(({ name }) => name === 'hybrid')?.against).toEqual([
      'engineers to keep it going: 0.5 needed, 0.2 there',
    ]);
    expect(alone.why).toMatch(/Cheaper, but not possible: .*hybrid \(engineers to keep it going: 0\.5 needed/);
    const staffed = projected([OWN, CHEAP, FRONTIER], 5e8, {}, { ...everyoneCounted, engineers: 1 });
    expect(staffed.recommendation).toBe('hybrid');
  });

  it('keeps to the policy, and says why, where nothing can be done', () => {
    const result = projected([CHEAP, FRONTIER], 1e6, { allowed: [] }, { ...everyoneCounted, engineers: 0 });
    expect(result).toMatchObject({ recommendation: 'route', feasible: false });
    expect(result.why).toMatch(
      /^nothing can be done as given; nearest: route\. What stands against each: .*0\.1 needed, 0 there/,
    );
  });

  it('names as the nearest the cheapest of what only people are missing for', () => {
    const rented = ['cheap', 'frontier'];
    const nobody = { ...everyoneCounted, engineers: 0 };
    const few = projected([OWN, CHEAP, FRONTIER], 300_000, { allowed: [] }, nobody);
    expect(few.options.filter(({ lacksPeopleAlone }) => lacksPeopleAlone).map(({ name }) => name)).toEqual([
      'api-only',
      'hybrid',
    ]);
    expect(few).toMatchObject({ recommendation: 'api-only', feasible: false });
    expect(few.ruleOfThumb.difference).toContain('api-only comes nearest');
    const many = projected([OWN, CHEAP, FRONTIER], 5e8, { allowed: [] }, nobody);
    expect(many).toMatchObject({ recommendation: 'hybrid', feasible: false });
    expect(many.sensitivity.map(({ feasible }) => feasible)).toEqual([false, false, false]);
    expect(projected([OWN, CHEAP, FRONTIER], 300_000, { allowed: rented }, nobody)).toMatchObject({
      recommendation: 'all-frontier',
      feasible: true,
    });
  });

  it('does not count what caches save for routing', () => {
    const cached = { assumptions: assumptionsWith({ ...BARE, answerCacheShare: 0.9 }) };
    const result = projected([CHEAP, FRONTIER], 1e6, { cached: true, rungs: ladderOf('cheap', 'frontier') }, cached);
    const plain = projected([CHEAP, FRONTIER], 1e6);
    expect(result.monthlyUsd).toBeLessThan(plain.monthlyUsd);
    expect(result.options.find(({ name }) => name === 'route')?.usd).toBeCloseTo(plain.monthlyUsd, 6);
  });

  it('charges hidden costs to whatever is moved, and not to the frontier', () => {
    const hidden = { hiddenCosts: { 'migration-risk': 400, churn: 100 } };
    const result = projected([CHEAP, FRONTIER], 1e6, {}, hidden);
    const plain = projected([CHEAP, FRONTIER], 1e6);
    const usdOf = (name: string, of = result) => of.options.find((option) => option.name === name)?.usd ?? Number.NaN;
    expect(usdOf('route') - usdOf('route', plain)).toBeCloseTo(500, 9);
    expect(usdOf('all-cheap') - usdOf('all-cheap', plain)).toBeCloseTo(500, 9);
    expect(usdOf('all-frontier')).toBe(usdOf('all-frontier', plain));
    expect(result.monthlyUsd - plain.monthlyUsd).toBeCloseTo(500, 9);
  });
});

describe('the rule of thumb', () => {
  it.each([
    [199_999, 'api-only'],
    [200_000, 'hybrid'],
    [3_000_000, 'hybrid'],
    [3_000_001, 'self-hosted'],
  ])('for %s requests a month is %s', (volume, stage) => {
    expect(stageOf(volume)).toBe(stage);
  });

  it('agrees where the computed bill says the same', () => {
    const { ruleOfThumb, stage } = projected([CHEAP, FRONTIER], 100_000);
    expect(ruleOfThumb).toEqual({ stage: 'api-only', agrees: true, difference: '' });
    expect(stage).toBe('api-only');
  });

  it.each([
    [
      'what the stage would cost',
      () => projected([OWN, CHEAP, FRONTIER], 300_000),
      /^300,000 requests a month suggest hybrid; the computed bill says api-only: \$[\d,.]+ a month against \$[\d,.]+$/,
    ],
    [
      'what stands in its way',
      () => projected([OWN, CHEAP, FRONTIER], 5e6),
      /suggest self-hosted; the computed bill says \S+: its last tier misses the pass rate of task$/,
    ],
    [
      'that the policy has no such tiers',
      () => projected([CHEAP, FRONTIER], 1e6),
      /suggest hybrid; the computed bill says route: the policy has no tiers for hybrid$/,
    ],
  ])('differs with the reason: %s', (_name, result, difference) => {
    const { ruleOfThumb } = result();
    expect(ruleOfThumb.agrees).toBe(false);
    expect(ruleOfThumb.difference).toMatch(difference);
  });
});

describe('what routing has to earn', () => {
  it('is what building cost, in months of saving less upkeep', () => {
    const result = projected([CHEAP, FRONTIER], 1e6, {}, { ...everyoneCounted, engineers: 2 });
    expect(result.people).toEqual({ engineers: 2, buildUsd: 60_000, upkeepUsd: 1500 });
    expect(result.payBackMonths).toBeCloseTo(60_000 / (result.saving.usd - 1500), 9);
    expect(projected([CHEAP, FRONTIER], 10_000, {}, everyoneCounted).payBackMonths).toBeNull();
  });

  it('has no break-even where every request costs more than on the frontier', () => {
    const { breakEvenRequests } = projected([rentedTier('dear', 19, 0), FRONTIER], 1e6);
    expect(breakEvenRequests).toBeNull();
  });

  it('is seen to change with prices, escalations and volume', () => {
    const { sensitivity, monthlyUsd, allFrontierUsd } = projected([CHEAP, FRONTIER], 1e6);
    const [cheaper, climbing, tenfold] = sensitivity;
    expect(sensitivity.map(({ name }) => name)).toEqual(['price-down-40', 'escalation-up-15', 'volume-x10']);
    expect(cheaper?.monthlyUsd).toBeCloseTo(0.6 * monthlyUsd, 6);
    expect(cheaper?.allFrontierUsd).toBeCloseTo(0.6 * allFrontierUsd, 6);
    // 15 points of a million requests at $0.02 more.
    expect((climbing?.monthlyUsd ?? 0) - monthlyUsd).toBeCloseTo(3000, 6);
    expect(tenfold?.monthlyUsd).toBeCloseTo(10 * monthlyUsd, 6);
  });
});
