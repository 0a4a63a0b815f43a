import { isRecord, listOf, type Mapping, mappingsOf } from '../draft';
import type { Findings } from '../findings';
import type { Path } from '../path';
import { checkKeys, checkName, checkRepeats, type Names } from './names';

/** Flags under which a pattern remembers where it stopped, so that its second answer may differ from its first. */
const STATEFUL = /[gy]/;

export function checkOracles(path: Path, task: Mapping, tiers: Names, findings: Findings): void {
  for (const [index, oracle] of listOf(task.oracle).entries()) {
    if (isRecord(oracle)) checkOracle([...path, 'oracle', index], oracle, tiers, findings);
  }
}

function checkOracle(path: Path, oracle: Mapping, tiers: Names, findings: Findings): void {
  const { kind } = oracle;
  if (kind === 'regex') checkPattern(path, oracle, findings);
  if (kind === 'labels') checkRepeats([...path, 'labels'], listOf(oracle.labels), findings);
  if (kind === 'judge') checkJudge(path, oracle, tiers, findings);
  if (kind === 'length') checkLength(path, oracle, findings);
  if (kind === 'consistency') checkConsistency(path, oracle, tiers, findings);
  if (kind === 'confidence') checkCalibration([...path, 'calibration'], oracle.calibration, tiers, findings);
}

function checkJudge(path: Path, { tier, pass }: Mapping, tiers: Names, findings: Findings): void {
  checkName([...path, 'tier'], tier, tiers, findings);
  if (isAbove(pass, 1)) findings.warn([...path, 'pass'], 'a judge grades from 0 to 1: no answer passes');
}

function checkConsistency(
  path: Path,
  { samples, agree, tiers: others }: Mapping,
  tiers: Names,
  findings: Findings,
): void {
  if (isAbove(agree, samples)) {
    findings.fault([...path, 'agree'], 'must be at most samples', { given: `${agree} of ${samples}` });
  } else if (agree === 1) {
    findings.warn([...path, 'agree'], 'every answer agrees with itself: this passes whatever the samples say');
  }
  const named = listOf(others);
  for (const [index, tier] of named.entries()) checkName([...path, 'tiers', index], tier, tiers, findings);
  checkRepeats([...path, 'tiers'], named, findings);
  if (typeof samples === 'number' && named.length > samples - 1) {
    const given = `${named.length} tiers beside the answer, ${samples} samples with it`;
    findings.fault([...path, 'tiers'], 'must be fewer than samples, of which the answer is one', { given });
  }
}

/** A curve that profiling has fitted: the surer a tier was, the rarer it erred. */
function checkCalibration(path: Path, calibration: unknown, tiers: Names, findings: Findings): void {
  checkKeys(path, calibration, tiers, findings);
  for (const [tier, curve] of mappingsOf(calibration)) {
    const [margins, errors] = [numbersOf(curve.margins), numbersOf(curve.errors)];
    if (margins.some((margin, index) => index > 0 && margin <= (margins[index - 1] as number))) {
      findings.fault([...path, tier, 'margins'], 'must ascend');
    }
    if (errors.some((error, index) => index > 0 && error > (errors[index - 1] as number))) {
      findings.fault([...path, tier, 'errors'], 'must not rise: a surer answer is not wrong more often');
    }
    if (margins.length !== errors.length) {
      const given = `${errors.length} for ${margins.length} margins`;
      findings.fault([...path, tier, 'errors'], 'must be as many as the margins', { given });
    }
  }
}

function numbersOf(list: unknown): readonly number[] {
  return listOf(list).filter((member) => typeof member === 'number');
}

function checkLength(path: Path, { min, max }: Mapping, findings: Findings): void {
  if (min === undefined && max === undefined) findings.fault(path, 'a length oracle needs min, max or both');
  if (isAbove(min, max)) findings.fault([...path, 'min'], 'must be at most max', { given: `${min} above ${max}` });
}

function checkPattern(path: Path, { pattern, flags = '' }: Mapping, findings: Findings): void {
  if (typeof pattern !== 'string' || typeof flags !== 'string') return;
  if (STATEFUL.test(flags)) {
    findings.fault([...path, 'flags'], 'the flags g and y make a pattern stateful and are not allowed', {
      given: JSON.stringify(flags.slice(0, 60)),
      allowed: 'd, i, m, s, u, v',
    });
    return;
  }
  if (!compiles('', flags)) {
    findings.fault([...path, 'flags'], 'are not flags of a regular expression', {
      given: JSON.stringify(flags.slice(0, 60)),
      allowed: 'd, i, m, s, u, v',
    });
    return;
  }
  if (!compiles(pattern, flags)) {
    findings.fault([...path, 'pattern'], 'is not a regular expression', {
      given: JSON.stringify(pattern.slice(0, 60)),
    });
  }
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}

function isAbove(one: unknown, other: unknown): boolean {
  return typeof one === 'number' && typeof other === 'number' && one > other;
}
