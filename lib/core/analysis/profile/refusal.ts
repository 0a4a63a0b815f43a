import { binomialAtMost } from '../../binomial';
import { counted, shortPercent } from '../../figures';
import { failuresAllowed, rowsForPower, rowsNeeded } from '../statistics/sample-size';
import type { Refused } from './profile-document';
import { rateBounds, type SampleCount, unitRisk } from './sample-count';
import { allowedAt, ownLevels, type TierTest } from './test-tiers';

/** The chance with which the rows asked for would certify. */
export const CHANCE = 0.8;

/** Beyond so many units no one would ask. */
const MOST_UNITS = 100_000;

/** What was tested, from the top of the ladder down, and against what. */
interface Case {
  readonly tests: readonly TierTest[];
  readonly risk: number;
  readonly confidence: number;
  /** The tier that failed least; of equals the lower one, as it is the cheaper. */
  readonly best: TierTest;
  /** Rows of the corpus, adversarial ones and those kept from the tier among them, for each that can have a verdict. */
  readonly perRow: number;
}

/** Of which tiers it is said, and how many rows of the corpus it takes for a row that can have a verdict of a tier. */
export interface Among {
  readonly among?: readonly TierTest[];
  readonly perRow?: (tier?: string) => number;
}

/**
 * Says why none of these tiers is certified, by the one of them that failed least, and how many rows it would take. `tests`
 * are all that were made, from the top down.
 */
export function refusalOf(
  tests: readonly TierTest[],
  risk: number,
  confidence: number,
  { among = tests, perRow = () => 1 }: Among = {},
): Refused {
  if (risk <= 0) return { refused: 'a pass rate of 100 % can be certified by no sample', needed: null };
  if (among.length === 0) {
    const least = rowsNeeded(0, risk, confidence);
    const aim = `${shortPercent(risk, 1)} at ${shortPercent(confidence, 1)}`;
    return {
      refused: `no row has a verdict; ${least} rows without a failure are the least that certify ${aim}`,
      needed: Math.ceil(least * perRow()),
    };
  }
  const best = leastFailing(among);
  const found: Case = { tests, risk, confidence, best, perRow: perRow(best.tier) };
  const needed = neededRows(found);
  return { refused: `${best.tier}: ${seen(found)}; ${limit(found)}; ${outlook(found, needed)}`, needed: needed.rows };
}

/** Of equals the last, which is the lowest and so the cheaper. */
export function leastFailing(tests: readonly TierTest[]): TierTest {
  return tests.reduce((least, test) => (unitRate(least) < unitRate(test) ? least : test));
}

interface Needed {
  readonly rows: number | null;
  /** Whether they are for the best tier without those above it. */
  readonly alone: boolean;
}

function unitRate({ count }: TierTest): number {
  return count.touched / count.units;
}

function seen({ best: { count }, risk, confidence }: Case): string {
  return `${sample(count)} bound the failure rate by ${percentBeside(rateBounds(count, confidence).high, risk, boundPercent)}`;
}

function limit({ tests, best, risk, confidence }: Case): string {
  const { count, allowed } = best;
  const aim = `${shortPercent(risk, 1)} at ${shortPercent(confidence, 1)}`;
  const unit = count.units < count.rows ? 'group' : 'row';
  const units = counted(count.units, unit);
  if (rateBounds(count, confidence).high <= risk) {
    const may = allowed < 0 ? 'the sample is too small' : `at most ${allowed} of ${units} may fail`;
    return `alone that would do, but ${uncertifiedAbove(tests, best)}, and for one statement on all tiers ${may}`;
  }
  const alone = failuresAllowed(count.units, unitRisk(count, risk), confidence);
  if (alone !== null) return `at most ${alone} of ${units} may fail to certify ${aim}`;
  const least = rowsNeeded(0, unitRisk(count, risk), confidence);
  return `${counted(least, unit)} without a failure are the least that certify ${aim}`;
}

function isBelowUncertified({ tests, best }: Case): boolean {
  return tests.slice(0, tests.indexOf(best)).some(({ certified }) => !certified);
}

function uncertifiedAbove(tests: readonly TierTest[], best: TierTest): string {
  const above = tests.slice(0, tests.indexOf(best)).filter(({ certified }) => !certified);
  return `${above.map(({ tier }) => tier).join(' and ')} above it ${above.length === 1 ? 'is' : 'are'} not certified`;
}

function outlook(found: Case, { rows: needed, alone }: Needed): string {
  const { tests, best, risk, perRow } = found;
  const rows = perRow > 1 ? 'rows of the corpus' : 'rows';
  const rate = percentBeside(unitRate(best), risk);
  if (unitRate(best) >= unitRisk(best.count, risk)) return `at the rate seen, ${rate}, no number of rows would do`;
  if (needed === null) return `the rate seen, ${rate}, is too close to that for a sample to tell`;
  const although = alone && isBelowUncertified(found) ? `, although ${uncertifiedAbove(tests, best)}` : '';
  if (unitRate(best) === 0) return `${needed} ${rows} would do if none fails${although}`;
  return `at the rate seen, ${rate}, ${needed} ${rows} would do with a chance of ${shortPercent(CHANCE, 1)}${although}`;
}

/**
 * Rows of the corpus, not units of it nor the held-out part: so many that every tier down to the best one would be
 * certified at the rates seen, or the best one without those above it, whichever takes fewer.
 */
function neededRows(found: Case): Needed {
  const { tests, best, risk, confidence, perRow } = found;
  const down = tests.slice(0, tests.indexOf(best) + 1);
  const each = down.map((test) => rowsForPower(unitRate(test), unitRisk(test.count, risk), confidence, CHANCE));
  const most = each.reduce((all, units) => (all === null || units === null ? null : Math.max(all, units)), 0);
  const together = most === null || most > MOST_UNITS ? null : most;
  const alone = down.length > 1 ? unitsAlone(down.length, found, together ?? MOST_UNITS) : null;
  const units = alone ?? together;
  const rows = units === null ? null : Math.ceil(((units * best.count.rows) / best.count.units) * perRow);
  return { rows, alone: alone !== null };
}

/**
 * Fewer than `enough`, for a tier below others that are not certified: what their tests cannot use comes down to it. That
 * goes up and down from row to row, so it has to be enough for up to twice as many too.
 */
function unitsAlone(tiers: number, { best, risk, confidence }: Case, enough: number): number | null {
  const rate = unitRate(best);
  if (rate >= unitRisk(best.count, risk)) return null;
  const level = 1 - confidence;
  let least: number | null = null;
  // With more units no fewer may fail.
  let most = -1;
  for (let units = best.count.units; units < enough; units += Math.max(1, units >> 8)) {
    const count = { ...best.count, units };
    while (binomialAtMost(most + 1, units, unitRisk(count, risk)) <= level) most++;
    const suffices = (allowed: number): boolean => binomialAtMost(allowed, units, rate) >= CHANCE;
    // What comes down is a part of the level, and mostly not even the whole of it would do.
    if (suffices(most) && suffices(allowedAt(count, risk, levelBelow(tiers, count, risk, level)))) least ??= units;
    else least = null;
    if (least !== null && units >= 2 * least) return least;
  }
  return least;
}

/** What comes down to the last of so many tiers where none above it is certified. */
function levelBelow(tiers: number, count: SampleCount, risk: number, level: number): number {
  return ownLevels(new Array(tiers).fill({ count }), risk, level)[tiers - 1] as number;
}

function sample(count: SampleCount): string {
  const failures = counted(count.events, 'failure');
  const touched = count.units === 1 ? '' : `, ${count.touched} of them with a failure,`;
  const grouped = count.units < count.rows ? ` in ${counted(count.units, 'group')}${touched}` : '';
  const weighted =
    count.heaviest > 1 ? `, each counted as one of the heaviest (${count.heaviest.toFixed(2)} x the mean),` : '';
  return `${counted(count.rows, 'row')} with ${failures}${grouped}${weighted}`;
}

/** With as many digits as it takes not to read like the other. */
function percentBeside(
  share: number,
  other: number,
  write: (share: number, digits: number) => string = shortPercent,
): string {
  let digits = 1;
  while (digits < 6 && share !== other && write(share, digits) === shortPercent(other, digits)) digits++;
  return write(share, digits);
}

/** A bound from above, never shown lower than it is. */
function boundPercent(share: number, digits: number): string {
  const steps = 10 ** (digits + 2);
  return shortPercent(Math.ceil(share * steps - DUST) / steps, digits);
}

/** What multiplying leaves behind a whole number. */
const DUST = 1e-9;
