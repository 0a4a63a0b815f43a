import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { textOracle } from './text-oracle';

/** The whole text is one of the labels, letter for letter. */
export function labels(spec: Extract<OracleSpec, { kind: 'labels' }>): Oracle {
  const known = new Set(spec.labels);
  const detail = `not one of ${known.size} labels`;
  return textOracle('labels', (text) => (known.has(text) ? undefined : detail));
}
