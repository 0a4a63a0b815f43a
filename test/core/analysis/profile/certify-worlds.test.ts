import { describe, expect, it } from 'vitest';
import { AnswerTable, type SampleRow } from '../../../../lib/core/analysis/profile/answer-table';
import { certify } from '../../../../lib/core/analysis/profile/certify';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { exactBounds } from '../../../../lib/core/exact-bounds';
import { anAnswer, aRow, drawAnswers, someRows, type TierTruth, truthAbove } from './worlds';

/** Worlds whose truth is known: how often does a certificate claim what is not so, and how often is there one? */

const RISK = 0.05;
/** Just over the risk, where a false claim is likeliest. */
const OVER = 0.0501;
const COSTS: Readonly<Record<string, number>> = { small: 1, mid: 8, top: 60 };

interface Tally {
  readonly violations: number;
  readonly refused: number;
  readonly byTier: Readonly<Record<string, number>>;
  readonly thresholds: number;
}

function drawWorlds(
  worlds: number,
  n: number,
  truths: (random: () => number) => readonly TierTruth[],
  confidence = 0.95,
): Tally {
  const random = seededRandom(20_261_122);
  const rows = someRows(n);
  const byTier: Record<string, number> = {};
  let violations = 0;
  let refused = 0;
  let thresholds = 0;
  for (let world = 0; world < worlds; world++) {
    const tiers = truths(random);
    const certified = certify({
      task: {
        ladder: tiers.map(({ tier }) => tier),
        route: 'cascade',
        target: { passRate: 1 - RISK, confidence },
        oracle: [],
      },
      rows,
      answers: new AnswerTable(drawAnswers(rows, tiers, random)),
      costUsd: COSTS,
    });
    if ('refused' in certified) {
      refused++;
      continue;
    }
    byTier[certified.tier] = (byTier[certified.tier] ?? 0) + 1;
    if (certified.threshold !== undefined) thresholds++;
    const truth = tiers.find(({ tier }) => tier === certified.tier) as TierTruth;
    if (truthAbove(truth, certified.threshold) > RISK) violations++;
  }
  return { violations, refused, byTier, thresholds };
}

/** Within what chance makes of the stated rate: the lower end of its 99 % interval must not lie above it. */
function expectKept(violations: number, worlds: number): void {
  expect(exactBounds(violations, worlds, 0.995).low).toBeLessThanOrEqual(RISK);
}

const good = (tier: string, failure: number): TierTruth => ({ tier, failure });

/** Truths around the risk, drawn anew for every world: margins that tell much, nothing, or the wrong thing. */
function anyTruths(random: () => number): TierTruth[] {
  const around = (): number => RISK * (0.4 + 0.8 * random());
  const base = RISK * (0.8 + 3 * random());
  const tilt = random() < 0.3 ? 0 : 2 * random() - 1;
  return [
    { tier: 'small', failure: (margin) => Math.min(1, base * (1 + tilt * (1 - 2 * margin))) },
    good('mid', around()),
    good('top', around()),
  ];
}

describe('over 1,000 drawn worlds', () => {
  it.each<{ name: string; n: number; truths: (random: () => number) => readonly TierTruth[] }>([
    {
      name: 'every tier fails just too often',
      n: 93,
      truths: () => [{ tier: 'small', failure: () => OVER }, good('mid', OVER), good('top', OVER)],
    },
    {
      name: 'only the cheapest does, and its margins tell nothing',
      n: 200,
      truths: () => [{ tier: 'small', failure: () => OVER }, good('mid', 0.004), good('top', 0)],
    },
    {
      name: 'the cheapest keeps the risk, but not where it is sure of itself',
      n: 300,
      truths: () => [{ tier: 'small', failure: (m) => (m < 0.5 ? 0.03 : 0.0502) }, good('mid', 0.004), good('top', 0)],
    },
    {
      name: 'the cheapest fails often, and its margins tell how often',
      n: 500,
      truths: () => [{ tier: 'small', failure: (m) => 0.4 * (1 - m) ** 2 }, good('mid', 0.004), good('top', 0)],
    },
    {
      name: 'the top and the cheapest fail too often, the middle does not',
      n: 200,
      truths: () => [good('small', OVER), good('mid', 0.01), good('top', OVER)],
    },
    { name: 'all of them fail around the risk', n: 250, truths: anyTruths },
  ])(
    'a certificate is false no more often than it says where $name',
    ({ n, truths }) => {
      expectKept(drawWorlds(1000, n, truths).violations, 1000);
    },
    120_000,
  );

  it('nor where rows come in groups that fail together, just too often', () => {
    const random = seededRandom(4);
    const rows = Array.from({ length: 240 }, (_, index) => aRow({ id: `row-${index}`, group: `group-${index >> 2}` }));
    const task = {
      ladder: ['top'],
      route: 'direct' as const,
      target: { passRate: 1 - RISK, confidence: 0.95 },
      oracle: [],
    };
    const violationsAmong = (given: readonly SampleRow[]): number => {
      let violations = 0;
      for (let world = 0; world < 1000; world++) {
        const failing = new Set(Array.from({ length: 60 }, (_, group) => (random() < OVER ? `group-${group}` : '')));
        const answers = rows.map(({ id, group }) =>
          anAnswer({ row: id, tier: 'top', pass: !failing.has(group ?? '') }),
        );
        if (!('refused' in certify({ task, rows: given, answers: new AnswerTable(answers), costUsd: COSTS })))
          violations++;
      }
      return violations;
    };
    expectKept(violationsAmong(rows), 1000);
    // Were the groups not known, the same rows would be believed far too often.
    expect(violationsAmong(rows.map(({ group: _, ...row }) => row))).toBeGreaterThan(100);
  });

  it('nor where the rows that fail are the heavier half, so that of the traffic just too much fails', () => {
    const random = seededRandom(5);
    const rows = Array.from({ length: 300 }, (_, index) =>
      aRow({ id: `row-${index}`, weight: index % 2 === 0 ? 3 : 1 }),
    );
    // Half of the rows weigh three quarters of the whole.
    const ofTheHeavier = OVER / 0.75;
    const task = {
      ladder: ['top'],
      route: 'direct' as const,
      target: { passRate: 1 - RISK, confidence: 0.95 },
      oracle: [],
    };
    const violationsAmong = (given: readonly SampleRow[]): number => {
      let violations = 0;
      for (let world = 0; world < 1000; world++) {
        const answers = rows.map(({ id, weight }) =>
          anAnswer({ row: id, tier: 'top', pass: weight === 1 || random() >= ofTheHeavier }),
        );
        if (!('refused' in certify({ task, rows: given, answers: new AnswerTable(answers), costUsd: COSTS })))
          violations++;
      }
      return violations;
    };
    expectKept(violationsAmong(rows), 1000);
    // Were the weights not known, the same rows would be believed far too often.
    expect(violationsAmong(rows.map((row) => ({ ...row, weight: 1 })))).toBeGreaterThan(100);
  });

  it('would show a false claim: at half the confidence there are too many', () => {
    const { violations } = drawWorlds(
      300,
      93,
      () => [{ tier: 'small', failure: () => OVER }, good('mid', OVER), good('top', OVER)],
      0.5,
    );
    expect(exactBounds(violations, 300, 0.995).low).toBeGreaterThan(RISK);
  });
});

describe('where a tier is truly good', () => {
  it('the cheapest is certified as a whole', () => {
    const { byTier } = drawWorlds(200, 300, () => [good('small', 0.012), good('mid', 0.01), good('top', 0.008)]);
    expect(byTier.small).toBeGreaterThan(180);
  });

  it('a tier that fails too often as a whole is certified above a threshold', () => {
    const { thresholds, violations } = drawWorlds(150, 600, () => [
      { tier: 'small', failure: (margin) => 0.3 * (1 - margin) ** 3 + 0.002 },
      good('mid', 0.01),
      good('top', 0.008),
    ]);
    expect(thresholds).toBeGreaterThan(75);
    expect(violations).toBeLessThan(15);
  });

  it('one above it that fails too often does not stand in the way of a sample of 300', () => {
    const { byTier } = drawWorlds(200, 300, () => [good('small', 0.008), good('top', 0.08)]);
    expect(byTier.small).toBeGreaterThan(180);
  });
});
