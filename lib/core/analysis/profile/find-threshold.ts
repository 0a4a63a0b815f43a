import { binomialAtLeast, binomialAtMost } from '../../binomial';
import { hashShare } from '../statistics/hash-share';
import { power } from '../statistics/sample-size';
import { type SampleRow, unitOf } from './answer-table';
import { countSample, type SampleCount, unitRisk } from './sample-count';
import { allowedAt } from './test-tiers';

/** An answer of the tier on whose margin a threshold is sought. */
export interface MarginRow {
  readonly row: SampleRow;
  readonly failed: boolean;
  /** Without one the answer cannot be accepted. */
  readonly margin?: number;
}

export interface FoundThreshold {
  readonly threshold: number;
  /** Weighted share of the held-out rows that reach it. */
  readonly accepted: number;
  /** Held-out rows that reach it. */
  readonly count: SampleCount;
}

/** Candidates leave this share of the answers accepted, and multiples of it. */
const STEP = 0.05;
const DIGITS = 10_000;

/** The share of the level with which a threshold should be tested; the more, the clearer the tuning rows have to speak. */
const LEVEL_SHARE = 0.8;

/** With less there is nothing to test with: it would take 270 rows without a failure to certify 5 %. */
const LEAST_LEVEL = 1e-6;

/**
 * Whether a row serves to choose the threshold; the others are held out to test it. By hash, so that a corpus always splits
 * alike and a row added moves no other; whole groups go to one side.
 */
export function isTuning(row: SampleRow): boolean {
  return hashShare(`threshold ${unitOf(row)}`) < 0.5;
}

/**
 * The lowest token margin above which the tier's answers fail at most at the rate `risk`, where its answers as a whole do
 * not pass. To be asked only of the ladder's last tested tier, when every tier above it is certified.
 *
 * The candidates, and the one to begin with, are chosen on the tuning rows. On the held-out rows they are tested from that
 * one, the most careful, towards lower margins, each by the exact bound of the answers it accepts; the first that fails
 * ends it, so the chance of a false one is that of a single test (fixed-sequence testing).
 *
 * The tier as a whole has been tested at the full `level` already, on all rows. So a threshold is sought only where the
 * tuning rows, which the threshold is not tested on, hold more failures than a tier that keeps the risk is likely to show,
 * and its level is what then keeps the chance of either false claim within `level`; see `levelBeside`.
 */
export function findThreshold(rows: readonly MarginRow[], risk: number, level: number): FoundThreshold | undefined {
  const tuning = rows.filter(({ row }) => isTuning(row));
  const heldOut = rows.filter(({ row }) => !isTuning(row));
  const whole = countFailures(rows);
  const tuned = countFailures(tuning);
  const allowed = allowedAt(whole, risk, level);
  const left = level - binomialAtMost(allowed, whole.units, unitRisk(whole, risk));
  const usual = Math.min(allowed, usualFailures(tuned.units, unitRisk(whole, risk), left / (level * LEVEL_SHARE)));
  if (heldOut.length === 0 || whole.touched <= allowed || tuned.touched <= usual) return undefined;
  const sizes = { units: whole.units, allowed, tuningUnits: tuned.units, usual };
  const beside = levelBeside(sizes, unitRisk(whole, risk), level);
  if (beside < LEAST_LEVEL) return undefined;

  let found: FoundThreshold | undefined;
  for (const threshold of candidates(tuning, heldOut.length / tuning.length, risk, beside)) {
    const accepted = acceptedAt(heldOut, threshold);
    const count = countFailures(accepted);
    if (count.touched > allowedAt(count, risk, beside)) break;
    found = { threshold, accepted: weightOf(accepted) / weightOf(heldOut), count };
  }
  return found;
}

function countFailures(rows: readonly MarginRow[]): SampleCount {
  return countSample(rows.map(({ row, failed }) => ({ row, event: failed })));
}

function acceptedAt(rows: readonly MarginRow[], threshold: number): MarginRow[] {
  return rows.filter(({ margin }) => margin !== undefined && margin >= threshold);
}

function weightOf(rows: readonly MarginRow[]): number {
  return rows.reduce((sum, { row }) => sum + row.weight, 0);
}

/** From the threshold that the tuning rows find likeliest to hold downwards; none where none is likely at all. */
function candidates(tuning: readonly MarginRow[], heldOutShare: number, risk: number, level: number): number[] {
  const margins = tuning.flatMap(({ margin }) => margin ?? []).sort((left, right) => right - left);
  const thresholds = new Set<number>();
  for (let share = STEP; share < 1; share += STEP) {
    const margin = margins[Math.ceil(share * tuning.length) - 1];
    if (margin !== undefined) thresholds.add(Math.floor(margin * DIGITS) / DIGITS);
  }
  let first = -1;
  let best = 0;
  const falling = [...thresholds];
  for (const [index, threshold] of falling.entries()) {
    const chance = chanceToHold(countFailures(acceptedAt(tuning, threshold)), heldOutShare, risk, level);
    if (chance < best || chance === 0) continue;
    best = chance;
    first = index;
  }
  return first < 0 ? [] : falling.slice(first);
}

/** Half a failure is added, so that a handful of rows without one does not count as perfect. */
function chanceToHold(count: SampleCount, heldOutShare: number, risk: number, level: number): number {
  const rate = (count.touched + 0.5) / (count.units + 1);
  return power(Math.round(count.units * heldOutShare), rate, unitRisk(count, risk), 1 - level);
}

/** More failures than these a tier of just this risk shows with no more than this chance; at least as many as it has on average. */
function usualFailures(units: number, risk: number, chance: number): number {
  let failures = Math.floor(units * risk);
  while (failures < units && binomialAtLeast(failures + 1, units, risk) > chance) failures++;
  return failures;
}

export interface TwoTests {
  readonly units: number;
  /** Units that might fail for the whole tier to be certified. */
  readonly allowed: number;
  readonly tuningUnits: number;
  /** A threshold is sought where more of the tuning units fail than these. */
  readonly usual: number;
}

/** Each true failure rate that is looked at is so much larger than the last. */
const RATE_STEP = 1.01;
const NEGLIGIBLE = 1e-12;

/**
 * The largest level b for which, at every true failure rate p above the risk,
 * P(the whole sample fails at most `allowed` times) + P(the tuning rows fail more often than `usual`) x b <= level.
 * The test of a threshold is on other rows than the tuning ones, so its chance of a false claim is the product. The first
 * chance falls in p and the second rises, so between two rates each is taken from the end where it is larger; once the
 * first is next to nothing, the second can be no more than 1.
 */
export function levelBeside({ units, allowed, tuningUnits, usual }: TwoTests, risk: number, level: number): number {
  let beside = level;
  for (let rate = risk; rate < 1; rate *= RATE_STEP) {
    const certified = binomialAtMost(allowed, units, rate);
    if (certified < NEGLIGIBLE) return Math.max(0, Math.min(beside, level - certified));
    const sought = binomialAtLeast(usual + 1, tuningUnits, Math.min(1, rate * RATE_STEP));
    beside = Math.min(beside, (level - certified) / sought);
  }
  return Math.max(0, beside);
}
