/** A JSON schema, read loosely. */
export type Schema = Readonly<Record<string, unknown>> | boolean;

const DEEPEST = 12;

/**
 * The simplest value that a schema allows: first of `enum`, `const`, `default`, the lower bound of a number, every
 * declared member of an object. A string that may be anything is `hint`. Patterns are not followed.
 */
export function schemaInstance(schema: Schema, hint: string, root: Schema = schema, depth = 0): unknown {
  if (typeof schema === 'boolean' || depth > DEEPEST) return null;
  if (typeof schema.$ref === 'string') return schemaInstance(resolve(schema.$ref, root), hint, root, depth + 1);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum.find((value) => value === hint) ?? schema.enum[0];
  if ('default' in schema) return schema.default;
  const [first] = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (first !== undefined && schema.type === undefined) return schemaInstance(first as Schema, hint, root, depth + 1);
  return instanceOfType(schema, hint, root, depth);
}

function instanceOfType(schema: Exclude<Schema, boolean>, hint: string, root: Schema, depth: number): unknown {
  const type = Array.isArray(schema.type)
    ? schema.type[0]
    : (schema.type ?? ('properties' in schema ? 'object' : 'string'));
  switch (type) {
    case 'object':
      return objectOf(schema, hint, root, depth);
    case 'array': {
      const length = Math.max(1, Number(schema.minItems ?? 1));
      return Array.from({ length }, () => schemaInstance((schema.items ?? {}) as Schema, hint, root, depth + 1));
    }
    case 'number':
    case 'integer':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringOf(schema, hint);
  }
}

function objectOf(schema: Exclude<Schema, boolean>, hint: string, root: Schema, depth: number): unknown {
  const members = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  return Object.fromEntries(members.map(([name, member]) => [name, schemaInstance(member, hint, root, depth + 1)]));
}

function numberOf({ minimum, exclusiveMinimum, maximum }: Exclude<Schema, boolean>): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof maximum === 'number' ? Math.min(1, maximum) : 1;
}

function stringOf({ format, minLength, maxLength }: Exclude<Schema, boolean>, hint: string): string {
  if (format === 'date') return '2026-01-01';
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'email') return 'simulated@example.com';
  if (format === 'uri') return 'https://example.com/';
  const padded = hint.padEnd(typeof minLength === 'number' ? minLength : 0, '.');
  return typeof maxLength === 'number' ? padded.slice(0, maxLength) : padded;
}

/** Only pointers into the same document, such as `#/$defs/address`. */
function resolve(reference: string, root: Schema): Schema {
  let place: unknown = root;
  for (const step of reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')) {
    place = (place as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return (place as Schema | undefined) ?? true;
}
