import { exactBounds } from '../exact-bounds';
import type { Baseline } from '../types-policy';

/** As those that profiling and adoption write. */
const CONFIDENCE = 0.95;

/** The exact, one-sided bounds of an escalation rate that a document gives with the number of its requests alone. */
export function withBounds<Given extends Pick<Baseline, 'escalationRate' | 'low' | 'high' | 'n'>>(
  baseline: Given,
): Given {
  const { escalationRate, low, high, n = 0 } = baseline;
  if (escalationRate === undefined || n === 0 || (low !== undefined && high !== undefined)) return baseline;
  const bounds = exactBounds(Math.round(escalationRate * n), n, CONFIDENCE);
  return { ...baseline, low: low ?? bounds.low, high: high ?? bounds.high };
}
