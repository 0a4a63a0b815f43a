import type * as z from 'zod';
import type { Expansion } from './expand';
import type { Findings } from './findings';
import { reportIssue } from './issues';
import { formatPath, type Path, valueAt } from './path';
import { type DocumentRead, documentSchema } from './schema/document';

type Issue = z.core.$ZodIssue;

const NUMERAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A stand-in may meet a second bound after its first; nothing needs more. */
const MOST_READINGS = 4;

/**
 * The document by its schema, or every fault of shape. Texts from variables are read again as the numbers and flags
 * they were meant to be; where a variable is unset, any value of the right kind stands in, since the document is then
 * only looked at and never served. Both are written into the expanded copy, so that later checks see them too.
 */
export function readShape(expansion: Expansion, findings: Findings): DocumentRead | undefined {
  const { document } = expansion;
  let read = documentSchema.safeParse(document);
  for (let reading = 1; !read.success && reading < MOST_READINGS; reading++) {
    const mended = read.error.issues.map((issue) => mend(issue, expansion)).some(Boolean);
    if (!mended) break;
    read = documentSchema.safeParse(document);
  }
  if (read.success) return read.data;
  for (const issue of read.error.issues) reportIssue(issue, document, findings);
  return undefined;
}

function mend(issue: Issue, { document, wholly, unresolved }: Expansion): boolean {
  const path = issue.path as Path;
  const at = formatPath(path);
  if (wholly.has(at)) return write(document, path, scalar(valueAt(document, path)));
  return unresolved.has(at) && write(document, path, standIn(issue));
}

/** A text as the number or flag it spells; undefined where it spells neither. */
function scalar(given: unknown): unknown {
  if (typeof given !== 'string') return undefined;
  if (given === 'true' || given === 'false') return given === 'true';
  return NUMERAL.test(given) && Number.isFinite(Number(given)) ? Number(given) : undefined;
}

function standIn(issue: Issue): unknown {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number' || issue.expected === 'int') return 1;
      return issue.expected === 'boolean' ? false : undefined;
    case 'invalid_value':
      return issue.values[0];
    case 'too_big':
      return Number(issue.maximum) - (issue.inclusive === false ? 0.5 : 0);
    default:
      return undefined;
  }
}

function write(document: unknown, path: Path, value: unknown): boolean {
  const last = path[path.length - 1];
  const holder = valueAt(document, path.slice(0, -1));
  if (value === undefined || last === undefined || typeof holder !== 'object' || holder === null) return false;
  (holder as Record<string | number, unknown>)[last] = value;
  return true;
}
