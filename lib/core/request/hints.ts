import { HINT_HEADERS } from '../contract';
import { RouterError } from '../errors';
import type { Caller, Hints, Incoming } from '../types';
import { type Consequence, type Policy, RESIDENCIES, type Residency } from '../types-policy';
import { absent, type Fields, listed } from './check';
import { tasksFor } from './offered';
import { shownHint } from './shown-hint';

/** Up to 128 characters that can be seen: no controls, no halves of a surrogate pair. */
export const PRINTABLE = /^\P{C}{1,128}$/u;

const CONSEQUENCES: readonly Consequence[] = ['low', 'medium', 'high'];

/** By what a hint is read: the policy, and what of it the caller may use. */
interface Terms {
  readonly policy: Policy;
  readonly caller: Caller;
}

type Read<T> = (value: unknown, param: string, terms: Terms) => T;

function refuse(param: string, value: unknown, allowed: string): never {
  throw new RouterError('invalid_request', `${param} is ${shownHint(value)}; it must be ${allowed}.`, { param });
}

const label: Read<string> = (value, param) =>
  typeof value === 'string' && PRINTABLE.test(value) ? value : refuse(param, value, '1 to 128 printable characters');

function oneOf<T extends string>(values: readonly T[]): Read<T> {
  return (value, param) => values.find((one) => one === value) ?? refuse(param, value, `one of ${listed(values)}`);
}

const task: Read<string> = (value, param, { policy, caller }) =>
  typeof value === 'string' && Object.hasOwn(policy.tasks, value)
    ? value
    : refuse(param, value, `one of the policy's tasks: ${listed(tasksFor(policy, caller).map(({ id }) => id))}`);

const milliseconds: Read<number> = (value, param) => {
  const given = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(given) && (given as number) > 0
    ? (given as number)
    : refuse(param, value, 'a whole number of milliseconds, at least 1');
};

const userTier: Read<string> = (value, param, terms) =>
  (terms.policy.userTiers.length > 0 ? oneOf(terms.policy.userTiers) : label)(value, param, terms);

/** Of a hint given in a header and in the body, the one that holds. */
type Choose<T> = (header: T, inBody: T) => T;

const theHeader = <T>(header: T): T => header;
const narrower: Choose<Residency> = (one, other) =>
  RESIDENCIES.indexOf(one) < RESIDENCIES.indexOf(other) ? one : other;
const graver: Choose<Consequence> = (one, other) =>
  CONSEQUENCES.indexOf(one) > CONSEQUENCES.indexOf(other) ? one : other;

type Row<T> = readonly [field: string, read: Read<T>, choose: Choose<T>];
type Rows = { readonly [K in keyof Required<Hints>]: Row<Required<Hints>[K]> };

/** Name in the body's `metadata`, how a value is read, and which of two holds: the tighter, where hints can tighten. */
const ROWS: Rows = {
  task: ['task', task, theHeader],
  feature: ['feature', label, theHeader],
  session: ['session', label, theHeader],
  residency: ['residency', oneOf(RESIDENCIES), narrower],
  latencyBudgetMs: ['latency_budget_ms', milliseconds, Math.min],
  userTier: ['user_tier', userTier, theHeader],
  blastRadius: ['blast_radius', oneOf(CONSEQUENCES), graver],
};

const HINTS = Object.keys(ROWS) as (keyof Hints)[];
const FIELDS: ReadonlySet<string> = new Set(Object.values(ROWS).map(([field]) => field));

/** The caller's hints. One of which nothing is known is a fault wherever it stands, even where another holds. */
export function parseHints(headers: Incoming['headers'], metadata: unknown, terms: Terms): Hints {
  const inBody = (metadata ?? {}) as Fields;
  const hints: Record<string, unknown> = {};
  for (const hint of HINTS) {
    const [field, read, choose] = ROWS[hint] as Row<unknown>;
    const header = headers[HINT_HEADERS[hint]];
    const given = inBody[field];
    const fromHeader = header === undefined ? undefined : read(header, HINT_HEADERS[hint], terms);
    const fromBody = absent(given) ? undefined : read(given, `metadata.${field}`, terms);
    if (fromHeader !== undefined && fromBody !== undefined) hints[hint] = choose(fromHeader, fromBody);
    else if (fromHeader !== undefined || fromBody !== undefined) hints[hint] = fromHeader ?? fromBody;
  }
  return hints;
}

/** The body that travels on: without hints, and without a `metadata` that held nothing else. */
export function withoutHints<Body extends Fields>(body: Body): Body {
  const metadata = body.metadata;
  if (absent(metadata)) return body;
  const entries = Object.entries(metadata);
  const kept = entries.filter(([field]) => !FIELDS.has(field));
  if (kept.length === entries.length) return body;
  if (kept.length > 0) return Object.assign({}, body, { metadata: Object.fromEntries(kept) });
  const { metadata: _hints, ...rest } = body;
  return rest as Body;
}
