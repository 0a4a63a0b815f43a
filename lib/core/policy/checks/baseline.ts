import { DIMENSIONS } from '../../types-policy';
import { isRecord, type Mapping, mappingsOf } from '../draft';
import type { Findings } from '../findings';
import type { Path } from '../path';
import { checkMoment } from './forms';
import { checkKeys, type Names } from './names';

const DIMENSION_NAMES: Names = { noun: 'dimension', known: new Set(DIMENSIONS) };

/** What profiling writes has six digits. */
const WRITTEN_DIGITS = 1e-6;
/** What people write is rounded as they please. */
const ROUNDED = 0.02;

/**
 * Whether production can be held to a baseline. What no measurement gives is a fault; where only something is missing, so
 * that a signal will never speak, whoever checks the policy is told which.
 */
export function checkBaseline(path: Path, baseline: unknown, findings: Findings): void {
  if (!isRecord(baseline)) return;
  checkBounds(path, baseline, findings);
  checkParts(path, baseline, findings);
  checkMix([...path, 'mix'], baseline.mix, findings);
  checkInputs([...path, 'inputs'], baseline.inputs, findings);
  checkMoment([...path, 'profiledAt'], baseline.profiledAt, findings);
}

function checkBounds(path: Path, baseline: Mapping, findings: Findings): void {
  const { escalationRate: rate, low, high } = baseline;
  if (isNumber(low) && isNumber(high) && low > high) {
    findings.fault([...path, 'low'], 'must be at most high', { given: `${low} above ${high}` });
    return;
  }
  if (!isNumber(rate)) return;
  if ((isNumber(low) && rate < low - WRITTEN_DIGITS) || (isNumber(high) && rate > high + WRITTEN_DIGITS)) {
    findings.fault([...path, 'escalationRate'], 'must lie between low and high', {
      given: besides(rate, { low, high }),
    });
  }
  // Of so many requests the bounds follow by themselves.
  if (isNumber(baseline.n) && baseline.n > 0) return;
  if (low === undefined) warnOfMissing([...path, 'low'], 'no fall of the escalation rate counts as drift', findings);
  if (high === undefined) warnOfMissing([...path, 'high'], 'no rise of the escalation rate counts as drift', findings);
}

function warnOfMissing(path: Path, consequence: string, findings: Findings): void {
  findings.warn(path, `is not given: without it ${consequence}`);
}

/** A request escalates by decision or by climb, never by both. */
function checkParts(path: Path, baseline: Mapping, findings: Findings): void {
  const { escalationRate: rate, upRouteRate, climbRate } = baseline;
  const at = [...path, 'escalationRate'];
  if (rate === undefined) {
    const idle = ['low', 'high', 'upRouteRate', 'climbRate'].filter((key) => baseline[key] !== undefined);
    if (idle.length > 0) warnOfMissing(at, `nothing is held to ${idle.join(', ')}`, findings);
    return;
  }
  const parts = [upRouteRate, climbRate].filter(isNumber);
  if (!isNumber(rate) || parts.length === 0) return;
  const sum = parts.reduce((total, part) => total + part, 0);
  const isOff = parts.length === 2 ? Math.abs(sum - rate) > ROUNDED : sum > rate + ROUNDED;
  if (!isOff) return;
  findings.fault(at, 'must be upRouteRate and climbRate together', {
    given: besides(rate, { upRouteRate, climbRate }),
  });
}

/** One of nothing but zeros is that of a task whose requests no tier has answered. */
function checkMix(path: Path, mix: unknown, findings: Findings): void {
  const sum = isRecord(mix) ? sumOf(Object.values(mix)) : undefined;
  if (sum === undefined || sum === 0 || Math.abs(sum - 1) <= ROUNDED) return;
  findings.warn(path, 'its shares should come to 1: the served mix is held against them', { given: shown(sum) });
}

function checkInputs(path: Path, inputs: unknown, findings: Findings): void {
  checkKeys(path, inputs, DIMENSION_NAMES, findings);
  for (const [dimension, { edges, shares }] of mappingsOf(inputs)) {
    const at = [...path, dimension];
    if (areNumbers(edges) && edges.some((edge, index) => edge < (edges[index - 1] ?? edge))) {
      findings.fault([...at, 'edges'], 'must ascend');
    }
    if (!areNumbers(shares)) continue;
    if (areNumbers(edges) && shares.length !== edges.length + 1) {
      const given = `${shares.length} for ${edges.length} edges`;
      findings.fault([...at, 'shares'], 'must be one more than the edges', { given });
    }
    const sum = sumOf(shares) ?? 0;
    if (Math.abs(sum - 1) > ROUNDED) findings.fault([...at, 'shares'], 'must come to 1', { given: shown(sum) });
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function areNumbers(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every(isNumber);
}

/** Undefined where one of them is no number. */
function sumOf(values: readonly unknown[]): number | undefined {
  return areNumbers(values) ? values.reduce((sum, value) => sum + value, 0) : undefined;
}

function shown(sum: number): string {
  return String(Number(sum.toPrecision(4)));
}

function besides(rate: number, others: Mapping): string {
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  return [`${rate}`, ...given.map(([key, value]) => `${key} ${value}`)].join(', ');
}
