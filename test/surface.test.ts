import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The public surface as jsii reads it: what a user of Python or Java gets is drawn from this assembly, and so is API.md.
 */

interface Docs {
  readonly summary?: string;
  readonly default?: string;
}

type TypeReference =
  | { readonly primitive: string }
  | { readonly fqn: string }
  | { readonly collection: { readonly elementtype: TypeReference; readonly kind: 'array' | 'map' } }
  | { readonly union: { readonly types: readonly TypeReference[] } }
  | { readonly intersection: { readonly types: readonly TypeReference[] } };

interface Member {
  readonly name: string;
  readonly docs?: Docs;
  readonly optional?: boolean;
  readonly type: TypeReference;
}

interface Callable {
  readonly name?: string;
  readonly docs?: Docs;
  readonly static?: boolean;
  readonly parameters?: readonly Member[];
  readonly returns?: { readonly type: TypeReference };
}

interface Type {
  readonly fqn: string;
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  /** A struct of props, made by whoever calls. */
  readonly datatype?: boolean;
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly docs?: Docs;
  readonly initializer?: Callable;
  readonly properties?: readonly Member[];
  readonly methods?: readonly Callable[];
  readonly members?: readonly { readonly name: string; readonly docs?: Docs }[];
}

interface Assembly {
  readonly name: string;
  readonly targets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly types: Readonly<Record<string, Type>>;
}

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, '.jsii');

function assembly(): Assembly {
  if (!existsSync(FILE)) throw new Error('there is no assembly; run npm run build');
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

const { name: packageName, targets, types } = assembly();
const TYPES = Object.values(types);
const STRUCTS = TYPES.filter(({ datatype }) => datatype === true);
const API = readFileSync(join(ROOT, 'API.md'), 'utf8');

/** Props that take anything, and why a user of any language can still make one; there are none. */
const ANYTHING: ReadonlyMap<string, string> = new Map();

function isOwn(fqn: string): boolean {
  return fqn.startsWith(`${packageName}.`);
}

/** All names of a type that are written down for users. */
function namesOf({ properties = [], methods = [], members = [] }: Type): { name: string; docs?: Docs }[] {
  return [...properties, ...methods, ...members].map(({ name = '', docs }) => ({ name, ...(docs && { docs }) }));
}

/** What a user must be able to make to call something: props, and what constructors and methods take. */
function inputsOf(type: Type): { readonly where: string; readonly type: TypeReference }[] {
  const props = type.datatype === true ? (type.properties ?? []) : [];
  const callables = [
    ...(type.initializer ? [{ name: 'constructor', ...type.initializer }] : []),
    ...(type.methods ?? []),
  ];
  return [
    ...props.map((prop) => ({ where: `${type.name}.${prop.name}`, type: prop.type })),
    ...callables.flatMap(({ name, parameters = [] }) =>
      parameters.map((parameter) => ({ where: `${type.name}.${name}(${parameter.name})`, type: parameter.type })),
    ),
  ];
}

/** Why nobody could make a value of the type; undefined where somebody can. */
function unmakeable(type: TypeReference): string | undefined {
  if ('primitive' in type) return ['any', 'json'].includes(type.primitive) ? `is ${type.primitive}` : undefined;
  if ('collection' in type) return unmakeable(type.collection.elementtype);
  if ('union' in type) return type.union.types.map(unmakeable).find((reason) => reason !== undefined);
  if ('intersection' in type) return 'is an intersection';
  // Those of CDK are jsii's too.
  if (!isOwn(type.fqn)) return undefined;
  const own = types[type.fqn];
  if (own === undefined) return `${type.fqn} is not exported`;
  if (own.kind === 'enum' || own.datatype === true) return undefined;
  const isMade = own.kind === 'class' ? makersOf(own.fqn).length > 0 : implementersOf(own.fqn).length > 0;
  return isMade ? undefined : `nobody makes a ${own.name}`;
}

/** Constructors and static methods that give an object of a class. */
function makersOf(fqn: string): string[] {
  return TYPES.filter(({ kind }) => kind === 'class').flatMap((type) => [
    ...(type.fqn === fqn && type.initializer ? ['new'] : []),
    ...(type.methods ?? [])
      .filter(
        (method) => method.static && method.returns && 'fqn' in method.returns.type && method.returns.type.fqn === fqn,
      )
      .map(({ name = '' }) => name),
  ]);
}

/** Classes of ours that implement an interface, by themselves or by what they extend. */
function implementersOf(fqn: string): Type[] {
  const implementing = ({ interfaces = [], base }: Type): boolean =>
    interfaces.some((one) => one === fqn || (types[one] && implementing(types[one]))) ||
    (base !== undefined && types[base] !== undefined && implementing(types[base]));
  return TYPES.filter((type) => type.kind === 'class' && implementing(type));
}

/** `maxReplicas` as Python has it. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`);
}

describe('the public surface', () => {
  it('has everything that a user needs to build a router', () => {
    const classes = TYPES.filter(({ kind }) => kind === 'class').map(({ name }) => name);
    expect(classes).toEqual(
      expect.arrayContaining([
        'BedrockTier',
        'ExternalApiTier',
        'LlmRouter',
        'PolicySource',
        'ReferenceStack',
        'ResidencyNetwork',
        'RouterAlarms',
        'RouterApi',
        'RouterDashboard',
        'RouterFunction',
        'RouterMetrics',
        'RouterTables',
        'VllmTier',
      ]),
    );
    expect(STRUCTS.length).toBeGreaterThan(15);
  });

  it('is made for Python and for Java', () => {
    expect(targets.python).toMatchObject({ distName: expect.any(String), module: expect.any(String) });
    expect(targets.java).toMatchObject({ package: expect.any(String), maven: expect.any(Object) });
  });

  it('explains every type and every name of it', () => {
    const silent = TYPES.flatMap((type) => [
      ...(type.docs?.summary ? [] : [type.name]),
      ...namesOf(type)
        .filter(({ docs }) => !docs?.summary)
        .map(({ name }) => `${type.name}.${name}`),
    ]);
    expect(silent).toEqual([]);
  });

  it('says of every optional prop what happens without it', () => {
    const optional = STRUCTS.flatMap((type) =>
      (type.properties ?? [])
        .filter((prop) => prop.optional)
        .map((prop) => ({ where: `${type.name}.${prop.name}`, prop })),
    );
    expect(optional.length).toBeGreaterThan(80);
    const silent = optional.filter(
      ({ prop }) => !prop.docs?.default || /^-?\s*(none|undefined)$/.test(prop.docs.default),
    );
    expect(silent.map(({ where }) => where)).toEqual([]);
  });

  it('asks for nothing that a user of another language could not make', () => {
    const inputs = TYPES.flatMap(inputsOf);
    expect(inputs.length).toBeGreaterThan(150);
    const impossible = inputs.flatMap(({ where, type }) => {
      const reason = unmakeable(type);
      return reason === undefined || ANYTHING.has(where) ? [] : [`${where}: ${reason}`];
    });
    expect(impossible).toEqual([]);
  });

  it('gives the names of one struct apart in every language', () => {
    for (const { name, properties = [] } of STRUCTS) {
      const names = properties.map((prop) => snakeCase(prop.name));
      expect({ name, names: new Set(names).size }).toEqual({ name, names: names.length });
    }
  });

  it('is listed in API.md as it is', () => {
    const missing = TYPES.flatMap((type) => [
      ...(API.includes(`id="${type.fqn}"`) ? [] : [type.name]),
      ...namesOf(type)
        .filter(({ name, docs }) => !API.includes(`id="${type.fqn}.`) || !idsOf(type).has(name) || !saysSo(docs))
        .map(({ name }) => `${type.name}.${name}`),
    ]);
    expect(missing, 'run npm run docs').toEqual([]);
  });
});

/** Names of a type's members that API.md has a heading for. */
function idsOf({ fqn }: Type): ReadonlySet<string> {
  const known =
    headings.get(fqn) ??
    new Set(
      [...API.matchAll(new RegExp(`id="${fqn.replaceAll('.', '\\.')}\\.(?:property\\.)?([A-Za-z_0-9]+)"`, 'g'))].map(
        ([, name = '']) => name,
      ),
    );
  headings.set(fqn, known);
  return known;
}

const headings = new Map<string, ReadonlySet<string>>();

/** The dash that tells words from a value is left out there. */
function saysSo(docs: Docs | undefined): boolean {
  return [docs?.summary, docs?.default?.replace(/^- /, '')].every((text) => text === undefined || API.includes(text));
}
