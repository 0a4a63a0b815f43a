import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { jsonEqual } from './json-equal';
import { textOracle, whereExpected } from './text-oracle';

/** The whole text is what the row expects: letter for letter where it expects a text, else as JSON of the same value. */
export function exact(spec: Extract<OracleSpec, { kind: 'exact' }>): Oracle {
  const cased = (text: string) => (spec.ignoreCase ? text.toLowerCase() : text);
  return textOracle(
    'exact',
    (text, expect) => {
      if (typeof expect !== 'string') return jsonFault(text, expect);
      return cased(text) === cased(expect.trim()) ? undefined : 'not the expected text';
    },
    whereExpected,
  );
}

function jsonFault(text: string, expect: unknown): string | undefined {
  try {
    return jsonEqual(JSON.parse(text), expect) ? undefined : 'not the expected value';
  } catch {
    return 'not JSON, and a value is expected';
  }
}
