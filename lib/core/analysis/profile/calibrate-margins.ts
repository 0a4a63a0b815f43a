import { calibrationError, type Forecast } from '../statistics/calibration-error';
import { hashShare } from '../statistics/hash-share';
import { evaluateIsotonic, fitIsotonic, type IsotonicFit } from '../statistics/isotonic';
import { type AnswerTable, isAdversarial, type SampleRow, unitOf } from './answer-table';

/** How likely an answer of this tier is wrong, by the margin of its tokens; straight lines between the points. */
export interface MarginCalibration {
  readonly margins: readonly number[];
  readonly errors: readonly number[];
  readonly n: number;
  /** Expected calibration error of taking 1 - margin for the chance of an error. */
  readonly errorBefore: number;
  /** The same of the curve, each fifth of the rows judged by a curve fitted to the others. */
  readonly errorAfter: number;
}

interface Point {
  readonly row: SampleRow;
  readonly margin: number;
  readonly failed: boolean;
}

/** With fewer a curve would show chance. */
const LEAST_ANSWERS = 30;
const FOLDS = 5;

/** The calibration of a tier on a task; undefined where too few of its answers have a margin. */
export function calibrateMargins(
  tier: string,
  rows: readonly SampleRow[],
  answers: AnswerTable,
): MarginCalibration | undefined {
  const points = rows.flatMap((row): Point | readonly [] => {
    const answer = isAdversarial(row) ? undefined : answers.judged(tier, row.id);
    return answer?.margin === undefined ? [] : { row, margin: answer.margin, failed: !answer.pass };
  });
  if (points.length < LEAST_ANSWERS) return undefined;
  const { xs, ys } = fitCurve(points);
  const raw = points.map(({ margin, failed }) => ({ predicted: 1 - margin, happened: failed }));
  return {
    margins: xs,
    errors: ys,
    n: points.length,
    errorBefore: calibrationError(raw),
    errorAfter: calibrationError(crossFitted(points)),
  };
}

/** P(error) of an answer of this margin. */
export function errorAt({ margins, errors }: Pick<MarginCalibration, 'margins' | 'errors'>, margin: number): number {
  return evaluateIsotonic({ xs: margins, ys: errors }, margin);
}

function fitCurve(points: readonly Point[]): IsotonicFit {
  return fitIsotonic(
    points.map(({ row, margin, failed }) => ({ x: margin, y: failed ? 1 : 0, weight: row.weight })),
    'falling',
  );
}

function crossFitted(points: readonly Point[]): Forecast[] {
  const foldOf = ({ row }: Point): number => Math.floor(hashShare(`fold ${unitOf(row)}`) * FOLDS);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const curve = fitCurve(points.filter((point) => foldOf(point) !== fold));
    return points
      .filter((point) => foldOf(point) === fold)
      .map(({ margin, failed }) => ({ predicted: evaluateIsotonic(curve, margin), happened: failed }))
      .filter(({ predicted }) => !Number.isNaN(predicted));
  }).flat();
}
