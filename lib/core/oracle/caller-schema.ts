import type { Ajv, AnySchemaObject, CodeOptions } from 'ajv';
import { isDraft07, loadAjv } from './load-ajv';
import { type SchemaCheck, schemaCheck } from './schema-check';

/** Objects and lists of a schema with every reference written out; a recursive one has no end, so it is beyond any limit. */
const MAX_PLACES = 1000;

/** A regular expression by a stranger can hang the router for everyone: none is ever run. */
const matchesAnything: Required<CodeOptions>['regExp'] = Object.assign(() => ({ test: () => true }), {
  code: 'matchesAnything',
});

/** Keywords whose cost a stranger could drive up: patterns again, and comparing every item with every other. */
const UNCHECKED = ['patternProperties', 'uniqueItems'];

const validators = new Map<boolean, Promise<Ajv>>();

/**
 * A schema that came with a request. Its patterns are not checked, nor are unique items; undefined where it does not
 * compile or would take too long, and then there is nothing to judge by.
 */
export async function compileCallerSchema(schema: AnySchemaObject): Promise<SchemaCheck | undefined> {
  // An asynchronous schema answers with a promise; an `$id` could take the place of another schema's.
  const { $async: _async, $id: _id, $schema, ...plain } = schema;
  if (isTooHeavy(plain)) return undefined;
  const ajv = await validatorFor($schema);
  try {
    return schemaCheck(ajv.compile(plain), plain);
  } catch {
    return undefined;
  } finally {
    // The validator keeps every schema it has seen, for ever.
    ajv.removeSchema(plain);
  }
}

/** One for each draft, shared by all: making one takes longer than compiling most schemas. */
function validatorFor($schema: unknown): Promise<Ajv> {
  const draft07 = isDraft07($schema);
  const known = validators.get(draft07);
  if (known !== undefined) return known;
  const loading = loadAjv($schema, { code: { regExp: matchesAnything } }).then((ajv) => {
    for (const keyword of UNCHECKED) ajv.removeKeyword(keyword);
    return ajv;
  });
  validators.set(draft07, loading);
  return loading;
}

/** References within the document are followed as often as they are made: a few can multiply into millions. */
function isTooHeavy(schema: AnySchemaObject): boolean {
  const open: object[] = [schema];
  for (let places = 0; open.length > 0; places++) {
    if (places === MAX_PLACES) return true;
    const fields = open.pop() as Readonly<Record<string, unknown>>;
    if (typeof fields.$dynamicRef === 'string' || typeof fields.$id === 'string') return true;
    if (typeof fields.$ref === 'string') {
      const target = follow(schema, fields.$ref);
      if (target === undefined) return true;
      open.push(target);
    }
    for (const child of Object.values(fields)) {
      if (typeof child === 'object' && child !== null) open.push(child);
    }
  }
  return false;
}

/** Where a JSON pointer such as `#/$defs/address` leads; undefined for any other kind of reference. */
function follow(schema: AnySchemaObject, reference: string): object | undefined {
  if (!/^#(\/|$)/.test(reference)) return undefined;
  let here: unknown = schema;
  for (const token of reference.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[unescaped(token)];
  }
  return typeof here === 'object' && here !== null ? here : undefined;
}

function unescaped(token: string): string {
  const pointer = token.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}
