import type { AnySchema, ErrorObject, ValidateFunction } from 'ajv';
import { loadAjv } from './load-ajv';

/** What is wrong with a value, in words that hold nothing of the value itself; undefined for nothing. */
export type SchemaCheck = (value: unknown) => string | undefined;

/** A schema out of a policy. Rejects, with what is wrong, where it does not compile. */
export async function compilePolicySchema(schema: AnySchema): Promise<SchemaCheck> {
  if (typeof schema === 'boolean') return () => (schema ? undefined : 'the schema allows nothing');
  // An asynchronous schema would answer with a promise, which is always true.
  const { $async: _, ...plain } = schema;
  const ajv = await loadAjv(plain.$schema, {});
  return schemaCheck(ajv.compile(plain), plain);
}

export function schemaCheck(validate: ValidateFunction, schema: AnySchema): SchemaCheck {
  const names = namesIn(schema);
  return (value) => {
    try {
      if (validate(value)) return undefined;
    } catch {
      return 'nested too deeply to be checked';
    }
    return explain(validate.errors?.[0], value, names);
  };
}

/** Every member name of the schema document, property names among them. */
function namesIn(schema: AnySchema): ReadonlySet<string> {
  const names = new Set<string>();
  const open: unknown[] = [schema];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    for (const [name, child] of Object.entries(node)) {
      if (!Array.isArray(node)) names.add(name);
      open.push(child);
    }
  }
  return names;
}

/** The validator's messages speak of the schema only; its paths may hold property names that the answer made up. */
function explain(error: ErrorObject | undefined, value: unknown, names: ReadonlySet<string>): string {
  const message = error?.message ?? 'does not match the schema';
  const path = safePath(error?.instancePath ?? '', value, names);
  return path === '' ? message : `property ${path}: ${message}`;
}

function safePath(pointer: string, value: unknown, names: ReadonlySet<string>): string {
  let here = value;
  let path = '';
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path += Array.isArray(here) || names.has(name) ? `/${name}` : '/*';
    here = (here as Record<string, unknown> | undefined)?.[name];
  }
  return path;
}
