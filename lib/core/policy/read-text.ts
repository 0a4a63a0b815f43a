import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { Findings, Locate } from './findings';
import type { Path } from './path';

/** Half a megabyte: no policy is longer, and reading a longer text would hold up whoever reads. */
const MOST_CHARACTERS = 524_288;

/** Uses of anchors, each counted with the anchors inside it: what an alias bomb needs far more of. */
const MOST_ALIASES = 200;

/** After so many mistakes in the syntax the rest are echoes. */
const MOST_SYNTAX_FAULTS = 20;

/** Mistakes whose own message would not tell a policy's author what to change. */
const SYNTAX: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'holds more than one document',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
};

/** How a policy's text is read, wherever it is. */
export const READING = {
  // Nothing is printed either way; `silent` would also pass over a second document.
  logLevel: 'error',
  stringKeys: true,
  // Whatever a %YAML directive asks for: plain JSON values and nothing else.
  schema: 'core',
  resolveKnownTags: false,
  merge: false,
  // Both take time that grows with the square of the text. Keys are compared below.
  uniqueKeys: false,
  prettyErrors: false,
} as const;

export interface TextRead {
  /** Absent where the text could not be read. */
  readonly value?: { readonly document: unknown };
  readonly locate: Locate;
  /** Tells the findings what is wrong with the text itself. */
  report(findings: Findings): void;
}

interface Spot {
  readonly path: Path;
  readonly message: string;
  readonly offset?: number;
}

/** YAML or JSON, which YAML contains, as plain values, with the lines they stand on. */
export function readText(text: string): TextRead {
  const lines = new LineCounter();
  if (text.length > MOST_CHARACTERS) {
    return unreadable([{ path: [], message: `is longer than ${MOST_CHARACTERS} characters`, offset: 0 }], lines);
  }
  const document = parseDocument(text, { ...READING, lineCounter: lines });
  const spots = syntaxFaults(document);
  if (spots.length > 0) return unreadable(spots, lines);
  if (isBlank(document)) return unreadable([{ path: [], message: 'the document is empty', offset: 0 }], lines);
  return readTree(document, lines);
}

function readTree(document: Document.Parsed, lines: LineCounter): TextRead {
  const survey: Survey = { repeated: [], unresolved: [], anchors: new Set() };
  try {
    lookAt(document.contents, [], survey);
    if (survey.unresolved.length > 0) return unreadable([...survey.unresolved, ...survey.repeated], lines);
    const value = { document: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
    return {
      value,
      locate: (path) => lineOf(document.contents, path, lines),
      report: reporter(survey.repeated, lines),
    };
  } catch (error) {
    return unreadable([{ path: [], message: refusal(error), offset: survey.lastAlias ?? 0 }], lines);
  }
}

/** `toJS` throws a ReferenceError when aliases multiply beyond the limit. */
function refusal(error: unknown): string {
  if (error instanceof RangeError) return 'is nested too deeply';
  return error instanceof ReferenceError ? 'uses anchors and aliases too often' : 'cannot be read';
}

function isBlank({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function syntaxFaults({ errors, warnings }: Document.Parsed): readonly Spot[] {
  return [...errors, ...warnings].slice(0, MOST_SYNTAX_FAULTS).map(({ code, message, pos }) => ({
    path: [],
    message: SYNTAX[code] ?? (message.split('\n', 1)[0] as string),
    offset: pos[0],
  }));
}

function unreadable(spots: readonly Spot[], lines: LineCounter): TextRead {
  return { locate: () => undefined, report: reporter(spots, lines) };
}

function reporter(spots: readonly Spot[], lines: LineCounter) {
  return (findings: Findings): void => {
    for (const { path, message, offset } of spots) {
      findings.fault(path, message, {}, offset === undefined ? undefined : lineAt(offset, lines));
    }
  };
}

/** What a walk over the tree has seen. */
interface Survey {
  readonly repeated: Spot[];
  /** Aliases of anchors that do not stand before them. */
  readonly unresolved: Spot[];
  readonly anchors: Set<string>;
  lastAlias?: number;
}

function lookAt(node: unknown, path: Path, survey: Survey): void {
  if (isAlias(node)) {
    const { offset } = offsetOf(node);
    if (offset !== undefined) survey.lastAlias = offset;
    if (!survey.anchors.has(node.source)) {
      survey.unresolved.push({ path, message: `no anchor before it is called "${node.source}"`, ...offsetOf(node) });
    }
    return;
  }
  if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') survey.anchors.add(node.anchor);
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) lookAt(item, [...path, index], survey);
  }
  if (isMap(node)) lookAtMembers(node.items, path, survey);
}

function lookAtMembers(pairs: readonly Pair[], path: Path, survey: Survey): void {
  const seen = new Set<string>();
  for (const { key, value } of pairs) {
    const name = keyName(key);
    const member = [...path, name];
    if (seen.has(name)) survey.repeated.push({ path: member, message: 'this key stands here twice', ...offsetOf(key) });
    seen.add(name);
    lookAt(key, member, survey);
    lookAt(value, member, survey);
  }
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function offsetOf(node: unknown): { readonly offset?: number } {
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? {} : { offset: start };
}

/** The line of what a path leads to, a key's own line for a member of a mapping; where the way ends early, its end. */
function lineOf(root: Node | null, path: Path, lines: LineCounter): number | undefined {
  let node: unknown = root;
  let mark: unknown = root;
  for (const step of path) {
    const next = isMap(node) ? memberNamed(node.items, step) : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next === undefined || next === null) break;
    mark = isPair(next) ? next.key : next;
    node = isPair(next) ? next.value : next;
  }
  const { offset } = offsetOf(mark);
  return offset === undefined ? undefined : lineAt(offset, lines);
}

function memberNamed(items: readonly Pair[], name: string | number): Pair | undefined {
  return items.find(({ key }) => keyName(key) === name);
}

/** A counter that has read nothing yet knows no first line. */
function lineAt(offset: number, lines: LineCounter): number {
  return Math.max(1, lines.linePos(offset).line);
}
