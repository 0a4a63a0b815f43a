import { describe, expect, it } from 'vitest';
import { AnswerTable } from '../../../../lib/core/analysis/profile/answer-table';
import { inputDistribution } from '../../../../lib/core/analysis/profile/input-distribution';
import type { CorpusAnswer } from '../../../../lib/core/analysis/profile/profile-document';
import { type TaskBaselineInput, taskBaseline } from '../../../../lib/core/analysis/profile/task-baseline';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { exactBounds } from '../../../../lib/core/exact-bounds';
import { populationStability, sharesBetween } from '../../../../lib/core/telemetry/population-stability';
import { DIMENSIONS } from '../../../../lib/core/types-policy';
import { anAnswer, aRow, someRows } from './worlds';

const TASK = { ladder: ['small', 'mid', 'top'], route: 'direct' as const, start: 'small' };
const REFUSED = { refused: 'too few', needed: 59 };
const COSTS = { small: 1, mid: 10, top: 100 };

/** Of 20 rows the small tier's gate stops the first four; of these the middle one's stops the first. */
const rows = someRows(20);
const answers: CorpusAnswer[] = rows.flatMap(({ id }, index) =>
  Object.entries(COSTS).map(([tier, costUsd]) => {
    const stopped = { small: 4, mid: 1, top: 0 }[tier] as number;
    const wrong = { small: 6, mid: 2, top: 0 }[tier] as number;
    return anAnswer({
      row: id,
      tier,
      costUsd,
      judgeCostUsd: 0.5,
      gate: index >= stopped,
      pass: index >= wrong,
      margin: index / 20,
    });
  }),
);

function baselineOf(rest: Partial<TaskBaselineInput> = {}) {
  return taskBaseline({ task: TASK, certification: REFUSED, rows, answers: new AnswerTable(answers), ...rest });
}

describe('the baseline of a task', () => {
  it('is what its policy would have done on the corpus: begin, and climb where a check fails', () => {
    const { low, high } = exactBounds(4, 20, 0.95);
    expect(baselineOf()).toEqual({
      escalationRate: 0.2,
      upRouteRate: 0,
      climbRate: 0.2,
      low,
      high,
      n: 20,
      // Rows 4 and 5 pass the gate of the small tier though they are wrong; row 1 stays wrong on the middle one.
      passRate: 0.85,
      costUsd: expect.closeTo((16 * 1 + 3 * 11 + 111) / 20, 12),
      mix: { small: 0.8, mid: 0.15, top: 0.05 },
    });
  });

  it('begins at the certified tier, and counts that as routed up, not as climbed', () => {
    const certification = { tier: 'mid', risk: 0.05, confidence: 0.95 };
    expect(baselineOf({ certification })).toMatchObject({
      escalationRate: 1,
      upRouteRate: 1,
      climbRate: 0,
      mix: { small: 0, mid: 0.95, top: 0.05 },
      costUsd: 15,
    });
  });

  it('climbs below a certified threshold as well', () => {
    const certification = { tier: 'small', risk: 0.05, confidence: 0.95, threshold: 0.5 };
    expect(baselineOf({ certification })).toMatchObject({ climbRate: 0.5, mix: { small: 0.5, mid: 0.45, top: 0.05 } });
  });

  it('begins a row where a strategy of the policy says', () => {
    const startOf = (row: string) => (row === 'row-19' || row === 'row-0' ? 'mid' : undefined);
    expect(baselineOf({ startOf })).toMatchObject({ upRouteRate: 0.1, climbRate: 0.15, escalationRate: 0.25 });
  });

  it('never climbs on a static route, and books the judge of a cascade', () => {
    expect(baselineOf({ task: { ...TASK, route: 'static' } })).toMatchObject({
      escalationRate: 0,
      passRate: 0.7,
      costUsd: 1,
    });
    const cascade = baselineOf({ task: { ...TASK, route: 'cascade' } });
    expect(cascade.costUsd).toBeCloseTo((16 * 1.5 + 3 * 12 + 112.5) / 20, 12);
  });

  it('leaves out rows whose way is not known, and adversarial ones', () => {
    const gaps = answers.filter(({ row, tier }) => !(row === 'row-1' && tier === 'mid'));
    expect(baselineOf({ answers: new AnswerTable(gaps) })).toMatchObject({ n: 19, climbRate: 3 / 19 });
    const attacked = rows.map((row, index) => (index === 0 ? aRow({ ...row, tags: ['adversarial'] }) : row));
    expect(baselineOf({ rows: attacked })).toMatchObject({ n: 19, mix: { top: 0 } });
  });

  it('is empty where nothing was answered, but for when and what of', () => {
    const empty = { answers: new AnswerTable([]), profiledAt: '2026-11-22T00:00:00Z', profile: 'abc' };
    expect(baselineOf(empty)).toEqual({ profiledAt: '2026-11-22T00:00:00Z', profile: 'abc' });
  });

  it('holds the distribution of every dimension of the input', () => {
    const values = (value: number) =>
      Object.fromEntries(DIMENSIONS.map((name) => [name, value])) as Record<(typeof DIMENSIONS)[number], number>;
    const dimensions = new Map(rows.map(({ id }, index) => [id, values(index / 2)]));
    const { inputs } = baselineOf({ dimensions });
    expect(Object.keys(inputs ?? {})).toEqual([...DIMENSIONS]);
    expect(inputs?.promptLength).toEqual({ edges: [], shares: [1] });
    expect(inputs?.structure?.shares).toHaveLength((inputs?.structure?.edges.length ?? 0) + 1);
  });
});

describe('the distribution of an input', () => {
  const drawn = (n: number, seed: number, of: (random: () => number) => number) => {
    const random = seededRandom(seed);
    return Array.from({ length: n }, () => of(random));
  };

  it('has bins of equal share, fewer for fewer values, and a bin for what was not seen', () => {
    const { edges, shares } = inputDistribution(drawn(400, 1, (random) => 2 + 6 * random()));
    expect(edges).toHaveLength(11);
    expect(edges).toEqual([...edges].sort((left, right) => left - right));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBe(0);
    for (const share of shares.slice(1, -1)) expect(share).toBeCloseTo(0.1, 10);
    expect(inputDistribution(drawn(60, 1, (random) => 2 + 6 * random())).shares).toHaveLength(5);
  });

  it.each([
    { value: 5, edges: [4.5, 5.5], shares: [0, 1, 0] },
    { value: 0, edges: [0.5], shares: [1, 0] },
    { value: 10, edges: [9.5], shares: [0, 1] },
  ])('of a dimension that was always $value has edges around it', ({ value, edges, shares }) => {
    expect(inputDistribution(new Array<number>(200).fill(value))).toEqual({ edges, shares });
  });

  it('tells the same traffic from another', () => {
    const profile = inputDistribution(drawn(200, 1, (random) => 10 * random() ** 2));
    const index = (values: number[]): number =>
      populationStability(profile.shares, sharesBetween(values, profile.edges));
    expect(index(drawn(2000, 2, (random) => 10 * random() ** 2))).toBeLessThan(0.1);
    expect(index(drawn(2000, 2, (random) => 10 * random()))).toBeGreaterThan(0.2);
  });

  it('of nothing is empty', () => {
    expect(inputDistribution([])).toEqual({ edges: [], shares: [] });
  });
});
