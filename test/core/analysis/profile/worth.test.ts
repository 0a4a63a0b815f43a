import { describe, expect, it } from 'vitest';
import { AnswerTable, type SampleRow } from '../../../../lib/core/analysis/profile/answer-table';
import {
  balanceCascade,
  breakEvenVolume,
  classifierOverhead,
  rulesOfThumb,
} from '../../../../lib/core/analysis/profile/break-even';
import type { CorpusAnswer } from '../../../../lib/core/analysis/profile/profile-document';
import { stabilityOf } from '../../../../lib/core/analysis/profile/stability';
import { type WorthInput, worthOf } from '../../../../lib/core/analysis/profile/worth';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { anAnswer, someRows } from './worlds';

const COSTS: Readonly<Record<string, number>> = { small: 0.001, mid: 0.004, top: 0.02 };
const REFUSED = { refused: 'too few', needed: 59 };

/** Of every ten rows each tier fails the first so many; a gate sees every failure. */
function corpus(n: number, failures: Readonly<Record<string, number>>): { rows: SampleRow[]; answers: CorpusAnswer[] } {
  const rows = someRows(n);
  const answers = rows.flatMap(({ id }, index) =>
    Object.entries(failures).map(([tier, count]) => {
      const pass = index % 10 >= count;
      return anAnswer({ row: id, tier, pass, gate: pass, costUsd: COSTS[tier] as number });
    }),
  );
  return { rows, answers };
}

function worthOfCorpus(
  { rows, answers }: { rows: SampleRow[]; answers: CorpusAnswer[] },
  rest: Partial<WorthInput> = {},
) {
  const ladder = Object.keys(COSTS);
  return worthOf({
    task: { ladder, route: 'direct', start: 'small', target: { passRate: 0.95, confidence: 0.95 } },
    certification: REFUSED,
    rows,
    answers: new AnswerTable(answers),
    stability: stabilityOf(answers),
    random: seededRandom(1),
    ...rest,
  });
}

describe('whether routing is worth it', () => {
  it('compares with every policy that needs no router', () => {
    const { references, bimodality, borderline, bestSingle, n } = worthOfCorpus(
      corpus(200, { small: 4, mid: 2, top: 0 }),
    );
    expect([bimodality, borderline, bestSingle, n]).toEqual([0.6, expect.closeTo(0.4, 12), 'top', 200]);
    const figure = (quality: number, costUsd: number) =>
      expect.objectContaining({ quality: expect.closeTo(quality, 12), costUsd: expect.closeTo(costUsd, 12) });
    expect(references).toEqual({
      routed: figure(1, (6 * 0.001 + 2 * 0.005 + 2 * 0.025) / 10),
      shareMatchedRandom: figure(0.6 * 0.6 + 0.2 * 0.8 + 0.2, 0.6 * 0.001 + 0.2 * 0.004 + 0.2 * 0.02),
      bestSingle: figure(1, 0.02),
      alwaysCheapest: figure(0.6, 0.001),
      alwaysMid: figure(0.8, 0.004),
      alwaysFrontier: figure(1, 0.02),
      oracle: figure(1, (6 * 0.001 + 2 * 0.004 + 2 * 0.02) / 10),
      difference: figure(0, 0.0066 - 0.02),
    });
    for (const { quality, costUsd, interval } of Object.values(references ?? {})) {
      expect(interval.quality.low).toBeLessThanOrEqual(quality + 1e-12);
      expect(interval.quality.high).toBeGreaterThanOrEqual(quality - 1e-12);
      expect(interval.costUsd.low).toBeLessThanOrEqual(costUsd + 1e-12);
      expect(interval.costUsd.high).toBeGreaterThanOrEqual(costUsd - 1e-12);
    }
    const { quality } = references?.alwaysCheapest.interval ?? { quality: { low: 0, high: 1 } };
    expect(quality.high - quality.low).toBeGreaterThan(0.1);
    expect(quality.high - quality.low).toBeLessThan(0.18);
  });

  it.each([
    {
      name: 'to route where it is as good as the best tier and cheaper',
      failures: { small: 4, mid: 2, top: 0 },
      recommendation: 'route',
      why: 'routing passes 100 % at $0.0066 a request; the best single tier, top, passes 100 % at $0.02',
    },
    {
      name: 'the cheapest tier where it passes enough',
      failures: { small: 0, mid: 0, top: 0 },
      recommendation: 'single-tier',
      why:
        'do not route, use small, which passes 100 % at $0.001 a request and is not certified: ' +
        'routing would send every request to small',
    },
    {
      name: 'the frontier where nearly everything goes there in the end',
      failures: { small: 10, mid: 10, top: 0 },
      recommendation: 'single-tier',
      why: 'at $0.02 a request and is not certified: routing would send every request to top',
    },
    {
      name: 'the frontier where the climb costs what it saves',
      failures: { small: 9, mid: 9, top: 0 },
      recommendation: 'single-tier',
      why: 'routing passes 100 % at $0.0226, which is not cheaper',
    },
  ])('it recommends $name', ({ failures, recommendation, why }) => {
    expect(worthOfCorpus(corpus(200, failures))).toMatchObject({ recommendation, why: expect.stringContaining(why) });
  });

  it.each([
    { certification: { tier: 'small', risk: 0.05, confidence: 0.95 }, why: 'at $0.001 a request: routing' },
    { certification: { tier: 'top', risk: 0.05, confidence: 0.95 }, why: 'at $0.001 a request and is not certified: ' },
  ])('it says of the tier it recommends whether it is certified: $certification.tier', ({ certification, why }) => {
    const worth = worthOfCorpus(corpus(200, { small: 0, mid: 0, top: 0 }), { certification });
    expect(worth).toMatchObject({ bestSingle: 'small', why: expect.stringContaining(why) });
  });

  it('it recommends the frontier where routing is cheaper and worse', () => {
    const { rows, answers } = corpus(200, { small: 4, mid: 2, top: 0 });
    const blind = answers.map(({ gate: _, ...answer }, index) => ({ ...answer, gate: index % 60 !== 0 }));
    expect(worthOfCorpus({ rows, answers: blind })).toMatchObject({
      recommendation: 'single-tier',
      bestSingle: 'top',
      why: expect.stringContaining('which is not as good'),
    });
  });

  it('it recommends nothing of fewer than thirty rows', () => {
    expect(worthOfCorpus(corpus(29, { small: 4, mid: 2, top: 0 }))).toMatchObject({
      recommendation: 'not-enough-rows',
      why: '29 rows have a verdict of every tier; below 30 nothing can be said',
    });
    expect(worthOfCorpus({ rows: [], answers: [] })).toMatchObject({ bimodality: 0, borderline: 0, n: 0 });
  });

  it('it counts the classifier and the bill of the router against the saving', () => {
    const some = corpus(200, { small: 4, mid: 2, top: 0 });
    expect(worthOfCorpus(some, { classifierUsd: 0.0133 })).toMatchObject({ recommendation: 'single-tier' });
    const router = { fixedMonthlyUsd: 134, requestUsd: 0.0004 };
    const billed = { router, classifierUsd: 0.003 };
    const breakEven = { requests: 13_400, ...router, rules: rulesOfThumb(110) };
    expect(worthOfCorpus(some, { ...billed, monthlyRequests: 13_000 })).toMatchObject({
      recommendation: 'single-tier',
      why: expect.stringContaining('from 13,400 requests a month on, and there are 13,000'),
      breakEven,
    });
    expect(worthOfCorpus(some, { ...billed, monthlyRequests: 14_000 })).toMatchObject({
      recommendation: 'route',
      breakEven,
    });
    expect(worthOfCorpus(some, billed)).toMatchObject({ recommendation: 'route', breakEven });
  });

  it('it breaks even at no volume where routing saves less on a request than the router costs', () => {
    const some = corpus(200, { small: 4, mid: 2, top: 0 });
    expect(worthOfCorpus(some, { router: { fixedMonthlyUsd: 1, requestUsd: 0.014 } })).toMatchObject({
      recommendation: 'single-tier',
      why: expect.stringContaining("the router's own bill for a request is more than routing saves on it"),
      breakEven: { requests: null },
    });
    const dear = worthOfCorpus(corpus(200, { small: 9, mid: 9, top: 0 }), {
      router: { fixedMonthlyUsd: 1, requestUsd: 0 },
    });
    expect(dear.breakEven).toMatchObject({ requests: null });
  });

  it('it breaks even at no known volume where the bill of the router is not known', () => {
    expect(worthOfCorpus(corpus(200, { small: 4, mid: 2, top: 0 }))).not.toHaveProperty('breakEven');
  });

  it('it measures each tier alone on the very rows of the routed policy', () => {
    const { rows, answers } = corpus(200, { small: 0, mid: 0, top: 0 });
    const tried = rows.map((row, index) => (index % 4 === 0 ? { ...row, tags: ['adversarial'] } : row));
    const dear = answers.map((answer, index) => (index % 12 < 3 ? { ...answer, costUsd: 1 } : answer));
    const { alone, references } = worthOfCorpus({ rows: tried, answers: dear });
    expect(alone?.small).toMatchObject({ quality: 1, costUsd: references?.routed.costUsd });
    expect(alone?.top).toEqual(references?.alwaysFrontier);
    expect(Object.keys(alone ?? {})).toEqual(['small', 'mid', 'top']);
  });

  it('it takes no cost that is not known for nothing', () => {
    const { rows, answers } = corpus(200, { small: 4, mid: 2, top: 0 });
    const blind = answers.map((answer) => (answer.tier === 'top' ? { ...answer, costUsd: null } : answer));
    const worth = worthOfCorpus({ rows, answers: blind }, { router: { fixedMonthlyUsd: 1, requestUsd: 0 } });
    expect(worth).toMatchObject({
      recommendation: 'not-enough-rows',
      why: 'what top costs is not known, so nothing can be said',
      bestSingle: 'top',
      alone: { small: { costUsd: expect.closeTo(0.001, 12) }, top: { costUsd: null, interval: { costUsd: null } } },
    });
    expect(worth.references?.alwaysCheapest.costUsd).toBeCloseTo(0.001, 12);
    expect(worth.references?.routed.costUsd).toBeNull();
    expect(worth).not.toHaveProperty('breakEven');
  });

  it('it says when the first try pays for itself', () => {
    const { cascade } = worthOfCorpus(corpus(200, { small: 4, mid: 2, top: 0 }));
    expect(cascade).toMatchObject({ escalation: 0.4, pays: true });
    expect(cascade?.mostEscalation).toBeCloseTo(0.95, 12);
    expect(cascade?.frontierUsd).toBeCloseTo(0.02, 12);
  });

  it('is the same each time for the same seed', () => {
    const some = corpus(100, { small: 4, mid: 2, top: 0 });
    expect(worthOfCorpus(some)).toEqual(worthOfCorpus(some));
  });
});

describe('break-even', () => {
  it.each([
    { escalation: 0.15, pays: true },
    { escalation: 0.95, pays: false },
  ])('of a cascade that sends $escalation up', ({ escalation, pays }) => {
    const cascade = { classifierUsd: 0.0001, cheapUsd: 0.0005, verifierUsd: 0.0004, frontierUsd: 0.02 };
    const balance = balanceCascade(cascade, escalation);
    expect(balance.mostEscalation).toBeCloseTo(0.95, 12);
    expect(balance.pays).toBe(pays);
    expect(balance.costUsd < balance.frontierUsd).toBe(pays);
  });

  it('of a month is where the saving covers the bill', () => {
    expect(breakEvenVolume(100, 0.01)).toBe(10_000);
    expect(breakEvenVolume(100, 0)).toBeNull();
    expect(breakEvenVolume(0, 0.01)).toBe(0);
    expect(breakEvenVolume(0, 0)).toBeNull();
    expect(breakEvenVolume(0, -0.01)).toBeNull();
  });

  it('of a classifier is its share of the saving', () => {
    expect(classifierOverhead(0.001, 0.004)).toMatchObject({ share: 0.25, pays: true });
    expect(classifierOverhead(0.005, 0.004)).toMatchObject({ pays: false });
    expect(classifierOverhead(0.001, 0)).toMatchObject({ share: null, pays: false });
  });

  it('stands beside the rules of thumb', () => {
    expect(rulesOfThumb(1000)).toEqual([
      { rule: '10,000 requests a month', requests: [10_000] },
      { rule: '5 to 10 million tokens a month', requests: [5_000, 10_000] },
      { rule: '500,000 requests a month', requests: [500_000] },
    ]);
    expect(rulesOfThumb(0)).toHaveLength(2);
  });
});
