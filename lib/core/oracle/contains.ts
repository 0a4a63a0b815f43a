import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { textOracle, whereExpected } from './text-oracle';

type ContainsSpec = Extract<OracleSpec, { kind: 'contains' }>;

/** The text holds all, or any, of the spec's values; of what the row expects (one or a list) where it has none. */
export function contains(spec: ContainsSpec): Oracle {
  const { values, all } = spec;
  if (values !== undefined) return textOracle('contains', (text) => fault(text, values, all));
  return textOracle('contains', (text, expect) => fault(text, expected(expect), all), whereExpected);
}

function fault(text: string, values: readonly string[], all: boolean): string | undefined {
  const missing = values.filter((value) => !text.includes(value)).length;
  const passes = all ? missing === 0 : missing < values.length;
  return passes ? undefined : `${missing} of ${values.length} values are missing`;
}

function expected(expect: unknown): string[] {
  return (Array.isArray(expect) ? expect : [expect]).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
}
