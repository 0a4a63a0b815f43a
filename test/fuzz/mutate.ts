import fc from 'fast-check';

/** Any value of JSON, and what is odd about some. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -1,
    1,
    2 ** 53,
    -(2 ** 31),
    1e308,
    0.1,
    '',
    ' ',
    '\0',
    '\ud800',
    '🦊'.repeat(300),
  ),
  fc.constantFrom('auto', 'user', 'assistant', 'tool', 'system', 'function', 'image_url', 'constructor', '__proto__'),
  fc.constantFrom([], {}, [[]], [null], { type: 'text' }, { type: 'text', text: 7 }, { role: 'user' }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
);

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'content', 'role', 'type', 'model', 'stream', 'x-note', ''),
  fc.string({ maxLength: 12 }),
);

/** One change at one place of a document: the place is a number, taken modulo the places there are. */
interface Mutation {
  readonly place: number;
  readonly change: 'replace' | 'remove' | 'add' | 'repeat' | 'nest';
  readonly key: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  change: fc.constantFrom('replace', 'replace', 'remove', 'add', 'repeat', 'nest'),
  key,
  value: junk,
});

/** The document with up to so many changes; often with none at all. */
export function mutated<Document>(document: fc.Arbitrary<Document>, most: number): fc.Arbitrary<unknown> {
  const mutations = fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: most }));
  return fc.tuple(document, mutations).map(([one, changes]) => {
    const holder = { document: structuredClone(one) as unknown };
    for (const change of changes) apply(holder, change);
    return holder.document;
  });
}

type Container = Record<string, unknown>;

function apply(holder: { document: unknown }, { place, change, key: name, value }: Mutation): void {
  const places = placesIn(holder);
  // There is none left where a change before has removed the whole.
  const [container, at] = places[place % places.length] ?? [holder as unknown as Container, 'document'];
  const here = container[at];
  if (change === 'replace') put(container, at, structuredClone(value));
  else if (change === 'remove') Array.isArray(container) ? container.splice(Number(at), 1) : delete container[at];
  else if (change === 'nest') put(container, at, nested(here, place % 9 === 0 ? 700 : (place % 9) + 1));
  else if (typeof here !== 'object' || here === null) put(container, at, structuredClone(value));
  else if (Array.isArray(here)) here.push(change === 'repeat' ? structuredClone(here[0]) : structuredClone(value));
  else put(here as Container, name, structuredClone(value));
}

/** As `JSON.parse` does it: a member named `__proto__` is a member. */
function put(container: Container, name: string, value: unknown): void {
  Object.defineProperty(container, name, { value, configurable: true, enumerable: true, writable: true });
}

function nested(value: unknown, depth: number): unknown {
  let nest = value ?? null;
  for (let level = 0; level < depth; level += 1) nest = [nest];
  return nest;
}

/** No deeper than any real document: what was nested by another change is one place. */
const DEEPEST = 12;

function placesIn(holder: object): (readonly [Container, string])[] {
  const places: (readonly [Container, string])[] = [];
  const walk = (container: Container, depth: number): void => {
    for (const name of Object.keys(container)) {
      places.push([container, name]);
      const value = container[name];
      if (depth < DEEPEST && typeof value === 'object' && value !== null) walk(value as Container, depth + 1);
    }
  };
  walk(holder as Container, 0);
  return places.length > 1 ? places.slice(1) : places;
}
