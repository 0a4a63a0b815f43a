import { HINT_HEADERS } from '../contract';
import type { Hints, Incoming } from '../types';
import type { Consequence, Policy, Residency } from '../types-policy';
import { absent, type Fields, fault, listed } from './check';

/** Up to 128 characters that can be seen: no controls, no halves of a surrogate pair. */
export const PRINTABLE = /^\P{C}{1,128}$/u;

const RESIDENCIES: readonly Residency[] = ['vpc', 'region', 'geography', 'any'];
const CONSEQUENCES: readonly Consequence[] = ['low', 'medium', 'high'];

type Read<T> = (value: unknown, param: string, policy: Policy) => T;

const label: Read<string> = (value, param) =>
  typeof value === 'string' && PRINTABLE.test(value) ? value : fault(param, value, '1 to 128 printable characters');

function oneOf<T extends string>(values: readonly T[]): Read<T> {
  return (value, param) => values.find((one) => one === value) ?? fault(param, value, `one of ${listed(values)}`);
}

const task: Read<string> = (value, param, policy) =>
  typeof value === 'string' && Object.hasOwn(policy.tasks, value)
    ? value
    : fault(param, value, `one of the policy's tasks: ${listed(Object.keys(policy.tasks))}`);

const milliseconds: Read<number> = (value, param) => {
  const given = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(given) && (given as number) > 0
    ? (given as number)
    : fault(param, value, 'a whole number of milliseconds, at least 1');
};

const userTier: Read<string> = (value, param, policy) =>
  policy.userTiers.length > 0 ? oneOf(policy.userTiers)(value, param, policy) : label(value, param, policy);

type Rows = { readonly [K in keyof Required<Hints>]: readonly [field: string, read: Read<Required<Hints>[K]>] };

/** Name in the body's `metadata`, and how a value is read. */
const ROWS: Rows = {
  task: ['task', task],
  feature: ['feature', label],
  session: ['session', label],
  residency: ['residency', oneOf(RESIDENCIES)],
  latencyBudgetMs: ['latency_budget_ms', milliseconds],
  userTier: ['user_tier', userTier],
  blastRadius: ['blast_radius', oneOf(CONSEQUENCES)],
};

const HINTS = Object.keys(ROWS) as (keyof Hints)[];
const FIELDS: ReadonlySet<string> = new Set(Object.values(ROWS).map(([field]) => field));

/** The caller's hints; a header wins over the same hint in the body. */
export function parseHints(headers: Incoming['headers'], metadata: unknown, policy: Policy): Hints {
  const inBody = (metadata ?? {}) as Fields;
  const hints: Record<string, unknown> = {};
  for (const hint of HINTS) {
    const [field, read] = ROWS[hint];
    const header = headers[HINT_HEADERS[hint]];
    if (header !== undefined) hints[hint] = read(header, HINT_HEADERS[hint], policy);
    else if (!absent(inBody[field])) hints[hint] = read(inBody[field], `metadata.${field}`, policy);
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
  if (kept.length > 0) return { ...body, metadata: Object.fromEntries(kept) };
  const { metadata: _hints, ...rest } = body;
  return rest as Body;
}
