import { binomialAtMost, binomialDensity } from '../../binomial';
import { assertShare } from '../../exact-bounds';

/** Beyond so many rows a sample is taken for impossible. */
const MOST_ROWS = 10_000_000;

/**
 * How many of `n` rows may fail for the exact bound to say, at this confidence, that at most the share `risk` of all would;
 * null where not even a sample without a failure says so.
 */
export function failuresAllowed(n: number, risk: number, confidence: number): number | null {
  assertShare('confidence', confidence);
  const allowed = failuresAtLevel(n, risk, 1 - confidence);
  return allowed < 0 ? null : allowed;
}

/** The same by the chance of being wrong, and -1 for none. */
export function failuresAtLevel(n: number, risk: number, level: number): number {
  assertShare('risk', risk);
  let allowed = -1;
  // At the mean the chance of as few is about a half.
  let tooMany = Math.min(n, Math.ceil(n * risk)) + 1;
  while (binomialAtMost(tooMany, n, risk) <= level && tooMany < n) tooMany = Math.min(n, 2 * tooMany);
  while (tooMany - allowed > 1) {
    const middle = Math.floor((allowed + tooMany) / 2);
    if (binomialAtMost(middle, n, risk) <= level) allowed = middle;
    else tooMany = middle;
  }
  return allowed;
}

/** The least number of rows that certifies `risk` although so many of them fail. */
export function rowsNeeded(failures: number, risk: number, confidence: number): number {
  assertShare('risk', risk);
  assertShare('confidence', confidence);
  const certifies = (n: number): boolean => binomialAtMost(failures, n, risk) <= 1 - confidence;
  let tooFew = failures;
  let enough = Math.ceil((failures + 1) / risk);
  while (!certifies(enough)) {
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (certifies(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The chance that `n` rows certify `risk` where truly the share `trueFailureRate` fails. */
export function power(n: number, trueFailureRate: number, risk: number, confidence: number): number {
  const allowed = failuresAllowed(n, risk, confidence);
  return allowed === null ? 0 : binomialAtMost(allowed, n, trueFailureRate);
}

/**
 * The least number of rows from which on every sample certifies `risk` with the chance `chance`; null where the true rate
 * is not below the risk, or so little that no sample could tell. Power rises in steps and falls between them: as soon as
 * one more row may fail it is at its highest, and one row before that at its lowest.
 */
export function rowsForPower(trueFailureRate: number, risk: number, confidence: number, chance = 0.8): number | null {
  if (trueFailureRate >= risk) return null;
  const rows = (failures: number): number => rowsNeeded(failures, risk, confidence);
  const lowest = (failures: number): number => binomialAtMost(failures, rows(failures + 1) - 1, trueFailureRate);
  let tooFew = -1;
  let enough = 0;
  while (lowest(enough) < chance) {
    tooFew = enough;
    enough = 2 * enough + 1;
    if (enough / risk > MOST_ROWS) return null;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (lowest(middle) >= chance) enough = middle;
    else tooFew = middle;
  }
  // Rows are whole, so from step to step it is not quite rising: by a row more or less it may be off.
  const byOneRow = (failures: number): number =>
    2 * trueFailureRate * binomialDensity(failures, rows(failures), trueFailureRate);
  for (let above = enough; lowest(above) < chance + byOneRow(above); above++)
    if (lowest(above) < chance) enough = above + 1;
  while (enough > 0 && lowest(enough - 1) >= chance) enough--;
  return rows(enough);
}
