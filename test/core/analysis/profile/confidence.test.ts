import { describe, expect, it } from 'vitest';
import { AnswerTable } from '../../../../lib/core/analysis/profile/answer-table';
import { calibrateMargins, errorAt } from '../../../../lib/core/analysis/profile/calibrate-margins';
import { judgeAgreement } from '../../../../lib/core/analysis/profile/judge-agreement';
import { powerTable } from '../../../../lib/core/analysis/profile/power-table';
import { stabilityOf } from '../../../../lib/core/analysis/profile/stability';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { anAnswer, answersOf, drawAnswers, someRows } from './worlds';

describe('the calibration of margins', () => {
  const rows = someRows(800);
  const truth = (margin: number): number => 0.5 * (1 - margin) ** 2;
  const answers = new AnswerTable(drawAnswers(rows, [{ tier: 'small', failure: truth }], seededRandom(5)));

  it('finds how likely an answer is wrong, better than the margin itself', () => {
    const calibration = calibrateMargins('small', rows, answers);
    if (!calibration) throw new Error('there is none');
    expect(calibration.n).toBe(800);
    expect(calibration.errorAfter).toBeLessThan(0.06);
    expect(calibration.errorBefore).toBeGreaterThan(3 * calibration.errorAfter);
    for (const margin of [0.2, 0.5, 0.8])
      expect(Math.abs(errorAt(calibration, margin) - truth(margin))).toBeLessThan(0.1);
    const errors = [0, 0.1, 0.3, 0.6, 1].map((margin) => errorAt(calibration, margin));
    expect(errors).toEqual([...errors].sort((left, right) => right - left));
  });

  it('needs thirty answers with a margin', () => {
    expect(calibrateMargins('small', rows.slice(0, 29), answers)).toBeUndefined();
    expect(calibrateMargins('small', rows.slice(0, 30), answers)?.n).toBe(30);
    expect(calibrateMargins('small', rows, new AnswerTable(answersOf('small', rows, 3)))).toBeUndefined();
  });
});

describe('stability', () => {
  const asked = (row: string, tier: string, ...passes: boolean[]) =>
    passes.map((pass, sample) => anAnswer({ row, tier, sample, pass }));

  it('is the share of repeated rows whose verdict never flipped', () => {
    const answers = [
      ...asked('row-0', 'small', true, true, true),
      ...asked('row-1', 'small', true, false),
      ...asked('row-2', 'small', true),
      ...asked('row-0', 'top', true, true),
      ...asked('row-3', 'top', false, false),
    ];
    expect(stabilityOf(answers)).toEqual({
      rows: 3,
      stability: 1 - 1 / 3,
      flips: { small: 0.5, top: 0 },
      confidenceRouting: false,
    });
    expect(stabilityOf(answers, 0.5).confidenceRouting).toBe(true);
  });

  it('is unknown where nothing was repeated, and does not forbid anything then', () => {
    const failed = anAnswer({ row: 'row-0', tier: 'small', sample: 1, failed: 'timeout', pass: false });
    expect(stabilityOf([...asked('row-0', 'small', true), failed])).toEqual({
      rows: 0,
      stability: null,
      flips: {},
      confidenceRouting: true,
    });
  });
});

describe('the agreement of a judge with people', () => {
  const pairs = (bothPass: number, bothFail: number, judgeOnly: number, humanOnly: number) => [
    ...Array.from({ length: bothPass }, () => ({ judge: true, human: true })),
    ...Array.from({ length: bothFail }, () => ({ judge: false, human: false })),
    ...Array.from({ length: judgeOnly }, () => ({ judge: true, human: false })),
    ...Array.from({ length: humanOnly }, () => ({ judge: false, human: true })),
  ];

  it('has an exact two-sided interval and the kappa of Cohen', () => {
    const agreement = judgeAgreement(pairs(20, 15, 5, 10));
    expect(agreement).toMatchObject({ n: 50, agreements: 35, agreement: 0.7, validated: false });
    expect(agreement.kappa).toBeCloseTo(0.4, 12);
    // The 95 % Clopper-Pearson interval of 35 in 50.
    expect(agreement.low).toBeCloseTo(0.5539, 4);
    expect(agreement.high).toBeCloseTo(0.8214, 4);
  });

  it.each([
    { name: 'many agree', given: pairs(60, 30, 3, 2), validated: true },
    { name: 'too few were asked', given: pairs(10, 5, 0, 0), validated: false },
    { name: 'none was asked', given: [], validated: false },
  ])('validates it only where it is surely high: $name', ({ given, validated }) => {
    expect(judgeAgreement(given).validated).toBe(validated);
  });

  it('has no kappa where both always say the same', () => {
    expect(judgeAgreement(pairs(30, 0, 0, 0)).kappa).toBeNull();
  });
});

describe('the power table', () => {
  it('tells how many rows certify with a chance of 80 %', () => {
    expect(powerTable(0.05, 0.95)).toEqual([
      { trueFailureRate: 0.01, rows: 124 },
      { trueFailureRate: 0.02, rows: 286 },
      { trueFailureRate: 0.03, rows: 694 },
    ]);
    expect(powerTable(0.02, 0.95).map(({ rows }) => rows)).toEqual([expect.any(Number), null, null]);
    expect(powerTable(0, 0.95).map(({ rows }) => rows)).toEqual([null, null, null]);
  });
});
