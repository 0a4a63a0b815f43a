import { describe, expect, it } from 'vitest';
import { AnswerTable, type SampleRow } from '../../../../lib/core/analysis/profile/answer-table';
import { type CertifyInput, certifiesWhole, certify } from '../../../../lib/core/analysis/profile/certify';
import { isTuning } from '../../../../lib/core/analysis/profile/find-threshold';
import { judgeAgreement } from '../../../../lib/core/analysis/profile/judge-agreement';
import type { CorpusAnswer } from '../../../../lib/core/analysis/profile/profile-document';
import { anAnswer, answersOf, aRow, someRows } from './worlds';

const LADDER = ['small', 'mid', 'top'];
const COSTS = { small: 1, mid: 8, top: 60 };

function certifyTask(
  rows: readonly SampleRow[],
  answers: readonly CorpusAnswer[],
  rest: Partial<Omit<CertifyInput, 'task'>> & { task?: Partial<CertifyInput['task']> } = {},
) {
  const target = { passRate: 0.95, confidence: 0.95 };
  const task = { ladder: LADDER, route: 'direct' as const, target, oracle: [], ...rest.task };
  return certify({ rows, answers: new AnswerTable(answers), costUsd: COSTS, ...rest, task });
}

/** So many failures of each tier on so many rows. */
function certifyCounts(n: number, failures: Record<string, number>, rest?: Parameters<typeof certifyTask>[2]) {
  const rows = someRows(n);
  return certifyTask(
    rows,
    Object.entries(failures).flatMap(([tier, count]) => answersOf(tier, rows, count)),
    rest,
  );
}

describe('a task is certified', () => {
  it.each([
    { n: 59, failures: { small: 0, mid: 0, top: 0 }, tier: 'small' },
    { n: 200, failures: { small: 4, mid: 4, top: 4 }, tier: 'small' },
    { n: 200, failures: { small: 5, mid: 4, top: 4 }, tier: 'mid' },
    { n: 200, failures: { small: 5, mid: 5, top: 4 }, tier: 'top' },
    { n: 500, failures: { small: 16, mid: 10, top: 3 }, tier: 'small' },
    { n: 500, failures: { small: 17, mid: 10, top: 3 }, tier: 'mid' },
    // Below an uncertified top only what its test could not use is left.
    { n: 200, failures: { small: 3, mid: 20, top: 10 }, tier: 'small' },
  ])('at $tier with $failures of $n', ({ n, failures, tier }) => {
    expect(certifyCounts(n, failures)).toMatchObject({ tier, risk: 0.05, confidence: 0.95, n });
  });

  it('with the upper bound of its failure rate', () => {
    expect(certifyCounts(200, { small: 4, mid: 0, top: 0 })).toMatchObject({ bound: expect.closeTo(0.04518, 5) });
  });

  it('at the tier that costs least, wherever it stands', () => {
    const costUsd = { small: 9, mid: 2, top: 60 };
    expect(certifyCounts(200, { small: 0, mid: 0, top: 0 }, { costUsd })).toMatchObject({ tier: 'mid' });
    expect(certifyCounts(200, { small: 0, mid: 0, top: 0 }, { costUsd: { small: 9, top: 60 } })).toMatchObject({
      tier: 'small',
    });
  });

  it('by the tiers that have answers alone', () => {
    expect(certifyCounts(59, { mid: 0 })).toMatchObject({ tier: 'mid' });
  });
});

describe('a task is refused', () => {
  it('with 50 rows, and told how many it takes', () => {
    expect(certifyCounts(50, { small: 0, mid: 0, top: 0 })).toEqual({
      refused:
        'small: 50 rows with 0 failures bound the failure rate by 5.9 %; 59 rows without a failure are the least that ' +
        'certify 5 % at 95 %; 59 rows would do if none fails',
      needed: 59,
    });
  });

  it('each of four, by 200 prompts in all', () => {
    for (let task = 0; task < 4; task++) {
      const rows = Array.from({ length: 50 }, (_, index) => aRow({ id: `task-${task}-${index}` }));
      const answers = LADDER.flatMap((tier) => answersOf(tier, rows, 0));
      expect(certifyTask(rows, answers)).toHaveProperty('refused');
    }
  });

  it.each<{ n: number; failures: Record<string, number>; needed: number | null; says: string }>([
    {
      n: 200,
      failures: { small: 9, mid: 7, top: 6 },
      needed: 694,
      says: 'at most 4 of 200 rows may fail to certify 5 % at 95 %',
    },
    {
      n: 200,
      failures: { small: 30, mid: 20, top: 10 },
      needed: null,
      says: 'at the rate seen, 5 %, no number of rows would do',
    },
    { n: 50, failures: { small: 1, mid: 1, top: 1 }, needed: 286, says: '286 rows would do with a chance of 80 %' },
    { n: 200, failures: { small: 4, mid: 20, top: 10 }, needed: 948, says: 'top and mid above it are not certified' },
    {
      n: 50,
      failures: { small: 0, top: 1 },
      needed: 125,
      says: '125 rows would do if none fails, although top above it is not',
    },
    {
      n: 81,
      failures: { small: 4, mid: 4, top: 4 },
      needed: null,
      says: 'the rate seen, 4.9 %, is too close to that for a sample to tell',
    },
    { n: 0, failures: { small: 0 }, needed: 59, says: 'no row has a verdict' },
  ])('with $failures of $n, saying: $says', ({ n, failures, needed, says }) => {
    const certification = certifyCounts(n, failures);
    expect(certification).toMatchObject({ needed, refused: expect.stringContaining(says) });
  });

  it('counts as needed the rows of the corpus, adversarial ones and those that a guard keeps from the tier among them', () => {
    const rows = Array.from({ length: 120 }, (_, index) =>
      aRow({ id: `row-${index}`, tags: index % 4 === 3 ? ['adversarial'] : [] }),
    );
    // Of the 90 others a guard keeps 40 from the tier.
    const kept = new Set(rows.filter(({ tags }) => tags.length === 0).slice(0, 40));
    const asked = rows.filter((row) => !kept.has(row));
    expect(certifyTask(rows, answersOf('top', asked, 0))).toMatchObject({
      needed: Math.ceil((59 * 120) / 50),
      refused: expect.stringContaining('142 rows of the corpus would do if none fails'),
    });
  });

  it('where no failure at all is the target', () => {
    const task = { target: { passRate: 1, confidence: 0.95 } };
    expect(certifyCounts(1000, { small: 0, mid: 0, top: 0 }, { task })).toMatchObject({ needed: null });
  });

  it('never says that a bound over the risk is the risk', () => {
    const certification = certifyCounts(58, { small: 0, mid: 0, top: 0 });
    expect(certification).toMatchObject({ refused: expect.stringContaining('by 5.1 %') });
  });
});

describe('of a certified task the cheaper tier that came nearest', () => {
  it.each([
    {
      failures: { small: 30, mid: 5, top: 2 },
      cheaper: {
        tier: 'mid',
        needed: 434,
        refused:
          'mid: 200 rows with 5 failures bound the failure rate by 5.2 %; at most 4 of 200 rows may fail to certify 5 % at ' +
          '95 %; at the rate seen, 2.5 %, 434 rows would do with a chance of 80 %',
      },
    },
    { failures: { small: 30, mid: 20, top: 2 }, cheaper: { tier: 'mid', needed: null } },
    { failures: { small: 6, mid: 7, top: 4 }, cheaper: { tier: 'small', needed: 1260 } },
  ])('is told with what it lacks: $failures of 200', ({ failures, cheaper }) => {
    expect(certifyCounts(200, failures)).toMatchObject({ tier: 'top', cheaper });
  });

  it.each([
    { name: 'the cheapest is certified', failures: { small: 4, mid: 4, top: 4 }, rest: {} },
    { name: 'those refused cost more', failures: { small: 4, mid: 20, top: 10 }, rest: {} },
    {
      name: 'a tier lower on the ladder costs more',
      failures: { small: 20, top: 0 },
      rest: { costUsd: { small: 90, top: 60 } },
    },
  ])('is not, where $name', ({ failures, rest }) => {
    const certification = certifyCounts(300, failures as Record<string, number>, rest);
    expect(certification).toHaveProperty('tier');
    expect(certification).not.toHaveProperty('cheaper');
  });
});

it.each([
  { certified: { refused: 'too few', needed: 59 }, whole: [] },
  { certified: { tier: 'mid', risk: 0.05, confidence: 0.95 }, whole: ['mid'] },
  // A threshold on the first tier is certified only where every tier above it is.
  { certified: { tier: 'small', risk: 0.05, confidence: 0.95, threshold: 0.4 }, whole: ['mid', 'top'] },
])('$certified holds for every answer of $whole', ({ certified, whole }) => {
  expect(LADDER.filter((tier) => certifiesWhole(certified, tier))).toEqual(whole);
});

describe('a certificate', () => {
  it('does not count adversarial rows, failed calls, missing verdicts or repeats', () => {
    const rows = [
      ...someRows(59),
      aRow({ id: 'attack', tags: ['adversarial'] }),
      aRow({ id: 'down' }),
      aRow({ id: 'open' }),
    ];
    const answers = ['mid', 'top'].flatMap((tier): CorpusAnswer[] => {
      const { pass: _, ...open } = anAnswer({ row: 'open', tier });
      return [
        ...answersOf(tier, rows.slice(0, 59), 0),
        anAnswer({ row: 'attack', tier, pass: false }),
        anAnswer({ row: 'down', tier, pass: false, failed: 'timeout' }),
        open,
        anAnswer({ row: 'row-3', tier, pass: false, sample: 1 }),
      ];
    });
    expect(certifyTask(rows, answers)).toMatchObject({ tier: 'mid', n: 59 });
  });

  it('counts the rows of a group as one, which fails if any of them does', () => {
    const grouped = Array.from({ length: 118 }, (_, index) =>
      aRow({ id: `row-${index}`, group: `group-${index >> 1}` }),
    );
    const clean = certifyTask(grouped, answersOf('top', grouped, 0));
    expect(clean).toMatchObject({ tier: 'top', n: 118, note: expect.stringContaining('group') });
    expect(certifyTask(grouped, answersOf('top', grouped, 1))).toMatchObject({
      refused: expect.stringContaining('118 rows with 1 failure in 59 groups, 1 of them with a failure,'),
    });
    const one = grouped.map((row) => ({ ...row, group: 'all' }));
    expect(certifyTask(one, answersOf('top', one, 1))).toMatchObject({
      refused: expect.stringContaining('118 rows with 1 failure in 1 group bound the failure rate by 100 %'),
    });
    const fewer = grouped.slice(0, 116);
    expect(certifyTask(fewer, answersOf('top', fewer, 0))).toMatchObject({ needed: 118 });
  });

  it('with unequal weights takes every failure for one of the heaviest', () => {
    const rows = Array.from({ length: 200 }, (_, index) => aRow({ id: `row-${index}`, weight: 1 + (index % 2) }));
    expect(certifyTask(rows, answersOf('top', rows, 2))).toMatchObject({
      tier: 'top',
      note: expect.stringContaining('weights'),
    });
    expect(certifyTask(rows, answersOf('top', rows, 3))).toHaveProperty('refused');
    const equal = rows.map((row) => ({ ...row, weight: 0.6 }));
    expect(certifyTask(equal, answersOf('top', equal, 4))).not.toHaveProperty('note');
  });

  it('that leans on a judge says so, unless people were found to agree with it', () => {
    const task = { oracle: [{ kind: 'judge' as const, tier: 'top', rubric: 'good?', pass: 0.5 }] };
    const pairs = (agreements: number) =>
      Array.from({ length: 100 }, (_, index) => ({ judge: true, human: index < agreements }));
    const noteWith = (rest: object) => certifyCounts(59, { top: 0 }, { task, ...rest });
    expect(noteWith({})).toMatchObject({ note: 'passed by a judge model that no person has validated' });
    expect(noteWith({ judge: judgeAgreement(pairs(70)) })).toMatchObject({
      note: expect.stringContaining('70 of 100'),
    });
    expect(noteWith({ judge: judgeAgreement(pairs(95)) })).not.toHaveProperty('note');
  });
});

describe('a threshold on the token margin', () => {
  const rows = someRows(600);
  /** A third of the small tier's answers are unsure, and of these a third fails. */
  const unsure = (index: number): boolean => index % 3 === 0;
  const answers = [
    ...rows.map(({ id }, index) =>
      anAnswer({
        row: id,
        tier: 'small',
        margin: unsure(index) ? 0.2 + index / 6000 : 0.6 + index / 6000,
        pass: index % 9 !== 0,
      }),
    ),
    ...answersOf('mid', rows, 2),
    ...answersOf('top', rows, 1),
  ];

  it('is certified where the tier as a whole is not, with the share it accepts', () => {
    const certification = certifyTask(rows, answers);
    expect(certification).toMatchObject({ tier: 'small', risk: 0.05, confidence: 0.95 });
    if ('refused' in certification) return;
    expect(certification.threshold).toBeGreaterThan(0.2);
    expect(certification.threshold).toBeLessThanOrEqual(0.6);
    expect(certification.accepted).toBeGreaterThan(0.6);
    expect(certification.bound).toBeLessThanOrEqual(0.05);
    const heldOut = rows.filter((row) => !isTuning(row));
    const reach = heldOut.filter(({ id }) => {
      const answer = answers.find((one) => one.tier === 'small' && one.row === id);
      return (answer?.margin ?? 0) >= (certification.threshold ?? 0);
    });
    expect(certification.accepted).toBeCloseTo(reach.length / heldOut.length, 12);
    expect(certification.n).toBe(reach.length);
  });

  it.each([
    { where: 'the task never climbs', rest: { task: { route: 'static' as const } } },
    { where: 'its answers are too unstable', rest: { confidenceRouting: false } },
    { where: 'what is left would cost more than is kept', rest: { costUsd: { small: 7.9, mid: 8, top: 60 } } },
  ])('is not sought where $where', ({ rest }) => {
    expect(certifyTask(rows, answers, rest)).toMatchObject({ tier: 'mid' });
    expect(certifyTask(rows, answers, rest)).not.toHaveProperty('threshold');
  });

  it('is not sought where a tier above is not certified, or margins are missing', () => {
    const bad = answers.map((answer, index) =>
      answer.tier === 'top' && index % 5 === 0 ? { ...answer, pass: false } : answer,
    );
    expect(certifyTask(rows, bad)).not.toHaveProperty('threshold');
    const blind = answers.map(({ margin: _, ...answer }) => answer);
    expect(certifyTask(rows, blind)).toMatchObject({ tier: 'mid' });
    expect(certifyTask(rows, blind)).not.toHaveProperty('threshold');
  });
});
