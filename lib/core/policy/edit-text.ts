import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { canonicalHash } from './canonical-hash';
import type { Path } from './path';
import { READING } from './read-text';
import { afterKey, flow } from './write-yaml';

/** A value to be set in a document. Its holder is there; a position in a list is one of its items, or one past the last. */
export interface Edit {
  readonly path: Path;
  readonly value: unknown;
  /** The key that a new one is put behind; at the end of the mapping where it is not there. */
  readonly after?: string;
}

/**
 * Sets values in a policy's text and leaves everything else as it was written: comments, order, spacing, `${VAR}`s. Where the
 * text is woven so that this cannot be (anchors on the way), the whole is written anew, with its comments, from the tree.
 */
export function editText(text: string, edits: readonly Edit[]): string {
  const wanted = hashOf(treeWith(text, edits));
  const spliced = edits.reduce<string | undefined>((before, edit) => before && splice(before, edit), text);
  const isRight = spliced !== undefined && hashOf(parseDocument(spliced, READING)) === wanted;
  return isRight ? spliced : treeWith(text, edits).toString({ lineWidth: 0 });
}

/** Of what it says. That its aliases are few was seen when it was validated. */
function hashOf(document: Document): string {
  return canonicalHash(document.toJS({ maxAliasCount: -1 }));
}

function treeWith(text: string, edits: readonly Edit[]): Document {
  const document: Document = parseDocument(text, READING);
  for (const { path, value } of edits) {
    unweave(document, path);
    document.setIn(path, document.createNode(value, { flow: true }));
  }
  return document;
}

/** Nothing on the way is an alias, or has one elsewhere, any more: what is set is set in one place alone. */
function unweave(document: Document, path: Path): void {
  for (let length = 1; length < path.length; length++) {
    const at = path.slice(0, length);
    const node = document.getIn(at, true);
    if (isAlias(node)) document.setIn(at, copyOf(node.resolve(document)));
    else if (isCollection(node) && node.anchor !== undefined) freeAliasesOf(document, node);
  }
}

function freeAliasesOf(document: Document, node: YAMLMap | YAMLSeq): void {
  visit(document, { Alias: (_key, alias) => (alias.resolve(document) === node ? copyOf(node) : undefined) });
  delete node.anchor;
}

function copyOf(node: unknown): YAMLMap | YAMLSeq | undefined {
  if (!isCollection(node)) return undefined;
  const copy = node.clone() as YAMLMap | YAMLSeq;
  delete copy.anchor;
  return copy;
}

function isCollection(node: unknown): node is YAMLMap | YAMLSeq {
  return isMap(node) || isSeq(node);
}

/** The text with one value set; undefined where its holder is not written out in the place where it stands. */
function splice(text: string, { path, value, after }: Edit): string | undefined {
  const document = parseDocument(text, READING);
  const holder = document.getIn(path.slice(0, -1), true);
  const last = path[path.length - 1] as string | number;
  if (isAnchored(document, path)) return undefined;
  const quoted = isJson(document);
  if (isSeq(holder)) return append(text, holder, value, quoted);
  if (!isMap(holder)) return undefined;
  const pair = pairNamed(holder, last);
  if (pair !== undefined) return replace(text, holder, pair, value, quoted);
  return insert(text, holder, { name: String(last), value, ...(after !== undefined && { after }) }, quoted);
}

/** Whether something on the way is named to be used elsewhere, or is such a use. */
function isAnchored(document: Document, path: Path): boolean {
  return path.some((_, index) => {
    const node = document.getIn(path.slice(0, index), true);
    return isAlias(node) || (isCollection(node) && node.anchor !== undefined);
  });
}

function pairNamed(holder: YAMLMap, name: string | number): Pair | undefined {
  return holder.items.find(({ key }) => isScalar(key) && key.value === name);
}

type Range = readonly [number, number, number];

function rangeOf(node: unknown): Range | undefined {
  return (node as { range?: Range | null } | null)?.range ?? undefined;
}

function replace(
  text: string,
  holder: YAMLMap,
  { key, value: old }: Pair,
  value: unknown,
  quoted: boolean,
): string | undefined {
  const [from, to] = [rangeOf(key)?.[1], rangeOf(old)?.[1]];
  if (from === undefined || to === undefined || isAlias(old)) return undefined;
  const indent = holder.flow ? '' : indentAt(text, rangeOf(key)?.[0] as number);
  const written = holder.flow ? ` ${flow(value, quoted)}` : afterKey(value, indent);
  // A block ends with its line's end, which has to stay.
  const end = text[to - 1] === '\n' ? to - 1 : to;
  return `${text.slice(0, from)}:${written}${text.slice(end)}`;
}

interface Member {
  readonly name: string;
  readonly value: unknown;
  readonly after?: string;
}

function insert(text: string, holder: YAMLMap, { name, value, after }: Member, quoted: boolean): string | undefined {
  const neighbour = (after !== undefined && pairNamed(holder, after)) || holder.items.at(-1);
  if (neighbour === undefined) return undefined;
  const start = rangeOf(neighbour.key)?.[0];
  const end = rangeOf(neighbour.value)?.[1];
  if (start === undefined || end === undefined) return undefined;
  if (holder.flow) return `${text.slice(0, end)}, ${flow(name, quoted)}: ${flow(value, quoted)}${text.slice(end)}`;
  const indent = indentAt(text, start);
  return withLine(text, end, `${indent}${flow(name)}:${afterKey(value, indent)}`);
}

function append(text: string, holder: YAMLSeq, value: unknown, quoted: boolean): string | undefined {
  const range = rangeOf(holder.items.at(-1));
  if (range === undefined) return undefined;
  const [start, end] = range;
  if (holder.flow) return `${text.slice(0, end)}, ${flow(value, quoted)}${text.slice(end)}`;
  const dash = text.lastIndexOf('-', start);
  return withLine(text, end, `${indentAt(text, dash)}- ${flow(value)}`);
}

/** As far as one sees from its first key: a JSON document has to stay one. */
function isJson({ contents }: Document): boolean {
  const key = isMap(contents) && contents.flow ? contents.items[0]?.key : undefined;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

/** The blanks before a place in its line. */
function indentAt(text: string, offset: number): string {
  return ' '.repeat(offset - (text.lastIndexOf('\n', offset - 1) + 1));
}

/** Puts a line below the one that ends at or after a place, whatever comment it closes with. */
function withLine(text: string, end: number, line: string): string {
  if (text[end - 1] === '\n') return `${text.slice(0, end)}${line}\n${text.slice(end)}`;
  const newline = text.indexOf('\n', end);
  const at = newline === -1 ? text.length : newline;
  return `${text.slice(0, at)}\n${line}${text.slice(at)}`;
}
