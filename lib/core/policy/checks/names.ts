import type { Findings } from '../findings';
import { show } from '../issues';
import { suggestion } from '../nearest';
import type { Path } from '../path';

/** The names of one kind that a document declares; undefined where it does not say them well enough to be held to. */
export interface Names {
  readonly noun: string;
  readonly known: ReadonlySet<string> | undefined;
}

/** As many names as one line of a message bears. */
const MOST_NAMED = 40;

/** Names as a message lists them. */
export function listed(names: ReadonlySet<string>): string {
  const first = [...names].slice(0, MOST_NAMED).join(', ');
  return names.size > MOST_NAMED ? `${first} and ${names.size - MOST_NAMED} more` : first || 'none';
}

/** Whether a reference names something that exists; a fault where it does not. What is no text is a fault of shape. */
export function checkName(path: Path, value: unknown, names: Names, findings: Findings): boolean {
  if (typeof value !== 'string' || names.known === undefined || names.known.has(value)) return true;
  const { known, noun } = names;
  const meant = findings.full ? '' : suggestion(value, known);
  findings.fault(path, `no ${noun} is called ${show(value)}${meant}`, findings.full ? {} : { allowed: listed(known) });
  return false;
}

/** The same for the keys of a mapping. */
export function checkKeys(path: Path, mapping: unknown, names: Names, findings: Findings): void {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return;
  for (const key of Object.keys(mapping)) checkName([...path, key], key, names, findings);
}

/** Tells of every member of a list that stands there a second time. */
export function checkRepeats(path: Path, list: readonly unknown[], findings: Findings): void {
  const seen = new Set<unknown>();
  for (const [index, member] of list.entries()) {
    if (typeof member === 'string' && seen.has(member)) findings.fault([...path, index], `"${member}" is repeated`);
    seen.add(member);
  }
}
