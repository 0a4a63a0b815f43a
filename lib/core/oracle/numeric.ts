import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { textOracle, whereExpected } from './text-oracle';

/**
 * A number as prose writes it: `-1,234.5`, `.5`, `1e-3`, `$12` (or another currency sign), `50%` (read as 50) and the
 * fraction `3/4` (read as 0.75). A digit behind a letter belongs to a name (`CO2`) and is none. A comma is for thousands
 * only: `1.234,5` is not read as a continental number.
 */
const NUMBER =
  /(?<![\p{L}\d]|\d\.)(?<sign>[-−]?)\p{Sc}?(?<digits>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<!\.)\.\d+)(?<exponent>e[+-]?\d{1,3})?(?:\/(?<divisor>\d+(?:\.\d+)?))?/giu;

/** What floating point may lose, relative to the expected number. */
const ROUNDING = 1e-9;

/** The last number in the text is what the row expects, give or take `tolerance`, which is absolute. */
export function numeric(spec: Extract<OracleSpec, { kind: 'numeric' }>): Oracle {
  return textOracle(
    'numeric',
    (text, expect) => {
      const wanted = typeof expect === 'number' ? expect : lastNumber(String(expect));
      if (wanted === undefined) return 'the row expects no number';
      const found = lastNumber(text);
      if (found === undefined) return 'no number in the text';
      const allowed = spec.tolerance + ROUNDING * Math.max(1, Math.abs(wanted));
      return Math.abs(found - wanted) <= allowed ? undefined : 'not the expected number';
    },
    whereExpected,
  );
}

function lastNumber(text: string): number | undefined {
  let last: RegExpExecArray | undefined;
  for (const match of text.matchAll(NUMBER)) last = match;
  if (last?.groups === undefined) return undefined;
  const { sign, digits = '', exponent = '', divisor = '1' } = last.groups;
  const size = Number(digits.replaceAll(',', '') + exponent) / Number(divisor);
  return sign === '' ? size : -size;
}
