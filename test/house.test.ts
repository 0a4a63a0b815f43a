import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Holds the table of CONTRIBUTING.md, "Who may import whom": reads every import of every file and asks whether the room
 * it stands in may reach the room it names.
 */

const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = ['lib', 'lambda', 'bin', 'examples'];
/** The walk on one page, and what it is prepared with. */
const WALK = new Set([
  'route.ts',
  'prepare.ts',
  'circumstances.ts',
  'planning.ts',
  'within-budgets.ts',
  'soonest.ts',
  'control-draw.ts',
]);
const STEPS = [
  'policy',
  'request',
  'features',
  'assessment',
  'decision',
  'execution',
  'oracle',
  'response',
  'attribution',
  'telemetry',
];

/** What a room may import, as rooms or as packages. `node:` modules are listed one by one for the core. */
const MAY: Readonly<Record<string, (target: string, file: string) => boolean>> = {
  ground: (target) => target === 'ground',
  ...Object.fromEntries(
    STEPS.map((step) => [
      `step:${step}`,
      (target: string) => target === 'ground' || target === `step:${step}` || isStepPackage(step, target),
    ]),
  ),
  route: (target) => ['ground', 'route'].includes(target) || target.startsWith('step:'),
  analysis: (target) => ['ground', 'route', 'analysis'].includes(target) || target.startsWith('step:'),
  lambda: (target, file) =>
    ['ground', 'route', 'lambda', 'shared'].includes(target) ||
    ['step:request', 'step:policy', 'step:telemetry', 'step:response'].includes(target) ||
    (target === 'step:execution' && importsPort(file)) ||
    /^(node:|package:@aws-sdk\/|package:@smithy\/)/.test(target),
  // In a browser there is nothing else; of the router it sees what the page's state is made of.
  client: (target, file) =>
    ['client', 'ground'].includes(target) || /^package:uplot/.test(target) || /\/page-state$/.test(file),
  shared: (target) =>
    ['ground', 'shared', 'step:telemetry'].includes(target) || /^(node:|package:@aws-sdk\/)/.test(target),
  bin: (target, file) =>
    ['ground', 'route', 'analysis', 'lambda', 'shared', 'bin', 'examples', 'root'].includes(target) ||
    target === 'step:policy' ||
    target === 'step:telemetry' ||
    (target === 'step:execution' && importsPort(file)) ||
    /^(node:|package:)/.test(target),
  constructs: (target) =>
    ['ground', 'step:policy', 'step:telemetry', 'constructs'].includes(target) ||
    /^node:/.test(target) ||
    isCdk(target),
  stacks: (target) => ['ground', 'constructs', 'stacks'].includes(target) || /^node:/.test(target) || isCdk(target),
  index: (target) => ['constructs', 'stacks'].includes(target),
  app: (target) => target === 'index' || target === 'package:cdk-nag' || /^node:/.test(target) || isCdk(target),
  examples: (target) => ['examples', 'package:tierwise'].includes(target) || /^node:/.test(target) || isCdk(target),
};

function isCdk(target: string): boolean {
  return /^package:(aws-cdk-lib|constructs)($|\/)/.test(target);
}

/** Libraries a step may use; everything else of the core is plain TypeScript. */
const STEP_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // A document's version is a digest of it: computing, not input.
  policy: ['package:zod', 'package:yaml', 'node:crypto'],
  oracle: ['package:ajv', 'package:ajv/dist/2020', 'package:ajv/dist/2020.js', 'package:ajv-formats'],
};

function isStepPackage(step: string, target: string): boolean {
  return STEP_PACKAGES[step]?.includes(target) === true;
}

/** Of the execution, Lambda code sees the port alone. */
function importsPort(specifier: string): boolean {
  return specifier.endsWith('/execution/provider');
}

function roomOf(path: string): string {
  const [top, second, third, fourth] = path.split('/');
  if (top === 'lib' && second === 'core') {
    if (fourth === undefined && WALK.has(third as string)) return 'route';
    if (fourth === undefined) return 'ground';
    return third === 'analysis' ? 'analysis' : `step:${third}`;
  }
  if (top === 'lib') return second === 'index.ts' ? 'index' : (second as string);
  if (path === 'bin/app.ts') return 'app';
  if (path.startsWith('lambda/router/page/client/')) return 'client';
  if (top === 'lambda') return second === 'shared' ? 'shared' : 'lambda';
  return top === undefined || second === undefined ? 'root' : top;
}

function filesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
    ...text.matchAll(/(?:^|\n)import\s+['"]([^'"]+)['"]/g),
  ];
  return specifiers.map(([, specifier = '']) => ({
    from: relative(ROOT, file),
    specifier,
    target: targetOf(file, specifier),
  }));
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  if (!specifier.startsWith('.')) return `package:${specifier}`;
  const path = relative(ROOT, resolve(dirname(file), specifier));
  return roomOf(/\.(json|ts)$/.test(path) ? path : `${path}.ts`);
}

const FILES = SOURCES.flatMap((folder) => filesBelow(join(ROOT, folder)));
const IMPORTS = FILES.flatMap(importsOf);

describe('the house', () => {
  it('has files in every room of the walk', () => {
    const rooms = new Set(FILES.map((file) => roomOf(relative(ROOT, file))));
    for (const step of STEPS) expect(rooms).toContain(`step:${step}`);
    expect(IMPORTS.length).toBeGreaterThan(200);
  });

  it('lets every room import only what the table allows', () => {
    const broken = IMPORTS.filter(({ from, target, specifier }) => !MAY[roomOf(from)]?.(target, specifier));
    expect(broken.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  it('keeps clock, random numbers, environment and network out of the core', () => {
    const banned = /\b(Date\.now|new Date\(\)|Math\.random|process\.env|performance\.now|fetch)\b(?!\w)/;
    const core = FILES.filter((file) => relative(ROOT, file).startsWith('lib/core/'));
    const broken = core.filter((file) => banned.test(withoutComments(readFileSync(file, 'utf8'))));
    expect(broken.map((file) => relative(ROOT, file))).toEqual([]);
  });

  it('builds the reference stack from the public surface alone', () => {
    const exported = IMPORTS.filter(({ from }) => from === 'lib/index.ts').map(({ specifier }) =>
      resolve(ROOT, 'lib', specifier),
    );
    const used = IMPORTS.filter(({ from, target }) => from.startsWith('lib/stacks/') && target === 'constructs');
    const hidden = used.filter(({ from, specifier }) => !exported.includes(resolve(ROOT, dirname(from), specifier)));
    expect(hidden.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  it('has no import circles', () => {
    const graph = new Map(
      FILES.map((file) => [file, importsOf(file).flatMap(({ specifier }) => resolveFile(file, specifier))]),
    );
    expect(circlesOf(graph).map((circle) => circle.map((file) => relative(ROOT, file)))).toEqual([]);
  });

  it('keeps files under 400 lines, and half of them under 100', () => {
    const lengths = FILES.map((file) => ({
      file: relative(ROOT, file),
      lines: readFileSync(file, 'utf8').split('\n').length,
    }));
    const material = /^examples\/corpus\/tasks\//;
    expect(lengths.filter(({ file, lines }) => lines > 400 && !material.test(file))).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(100);
  });

  it('names files in kebab-case, and none after a drawer', () => {
    const names = FILES.map((file) => file.split('/').at(-1) as string);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(utils?|helpers?|common|manager|service|base)\.ts$/.test(name))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

function resolveFile(file: string, specifier: string): string[] {
  if (!specifier.startsWith('.')) return [];
  const path = resolve(dirname(file), specifier);
  return [path, `${path}.ts`].filter(
    (candidate) => candidate.endsWith('.ts') && statSync(candidate, { throwIfNoEntry: false })?.isFile(),
  );
}

/** Depth-first search; a file met again while still on the path closes a circle. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}
