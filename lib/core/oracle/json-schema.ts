import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { compilePolicySchema } from './schema-check';
import { textOracle } from './text-oracle';

/** The whole text is JSON and matches the schema. What reads it next will parse it, so a code fence is a fault. */
export async function jsonSchema(spec: Extract<OracleSpec, { kind: 'json-schema' }>): Promise<Oracle> {
  const check = await compilePolicySchema(spec.schema);
  return textOracle('json-schema', (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return text.startsWith('```') ? 'wrapped in a code fence' : 'not JSON';
    }
    return check(value);
  });
}
