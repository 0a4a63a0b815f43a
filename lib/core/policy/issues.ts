import type * as z from 'zod';
import type { FaultDetail, Findings } from './findings';
import { suggestion } from './nearest';
import { type Path, valueAt } from './path';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Says what the schema found wrong, in a person's words. `root` is what was read, to show what was given. */
export function reportIssue(issue: Issue, root: unknown, findings: Findings): void {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ').filter((key) => key !== '');
    for (const key of issue.keys) reportUnknownKey([...path, key], key, known, findings);
    return;
  }
  const given = valueAt(root, path);
  const allowed = allowedBy(issue);
  const detail: FaultDetail = allowed === undefined ? {} : { allowed: allowed.join(', ') };
  if (given === undefined) {
    findings.fault(path, `is required${kindOf(issue)}`, detail);
    return;
  }
  if (typeof given === 'number' && !Number.isFinite(given)) {
    findings.fault(path, 'must be a finite number', { given: String(given) });
    return;
  }
  const meant = typeof given === 'string' && allowed !== undefined ? suggestion(given, allowed) : '';
  findings.fault(
    path,
    `${complaint(issue, isSecret(path) ? 'this' : show(given))}${meant}`,
    isSecret(path) ? detail : { given: show(given), ...detail },
  );
}

function reportUnknownKey(path: Path, key: string, known: readonly string[], findings: Findings): void {
  const name = key.length > 60 ? `${key.slice(0, 60)}...` : key;
  findings.fault(path, `unknown key "${name}"${findings.full ? '' : suggestion(key, known)}`, {
    allowed: known.join(', '),
  });
}

function allowedBy(issue: Issue): readonly string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue) return issue.options?.map(String);
  return undefined;
}

function kindOf(issue: Issue): string {
  const kind = issue.code === 'invalid_type' ? KINDS[issue.expected] : undefined;
  return kind === undefined ? '' : `: ${kind}`;
}

function complaint(issue: Issue, given: string): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
    case 'invalid_union':
      return `${given} is not one of the allowed values`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return issue.exact === true
        ? `must have ${issue.maximum} members`
        : `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.exact === true) return `must have ${issue.minimum} members`;
  if (issue.origin === 'array' || issue.origin === 'string') return 'must not be empty';
  return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
}

/** A key must not be read in a message, whatever is wrong with it. */
function isSecret(path: Path): boolean {
  return path[0] === 'tiers' && (path[2] === 'apiKey' || path[2] === 'apiKeySecret' || path[2] === 'headers');
}

/** A value in a message: short, and a list or mapping only by its kind. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}
