/**
 * The words every check of a body is made of. A fault names the place, what kind of thing stood there and what may
 * stand there; never the value itself, which may be somebody's prompt. Numbers and single words are shown.
 */

import { RouterError } from '../errors';

export type Fields = Readonly<Record<string, unknown>>;

/** Checks a value that is present; throws the fault. `body` is the whole it stands in, for checks across fields. */
export type Check = (value: unknown, param: string, body: Fields) => void;

/** Short and without spaces: a name, not a prompt. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:/-]{1,64}$/.test(value);
}

/** `null` counts as absent, as it does for the hosts. */
export function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a message may show it. */
export function shown(value: unknown): string {
  if (absent(value)) return 'missing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return 'an object';
  return isWord(value) ? `"${value}"` : 'a text';
}

export function fault(param: string, value: unknown, allowed: string): never {
  throw new RouterError('invalid_request', `${param} is ${shown(value)}; it must be ${allowed}.`, { param });
}

/** At most 20 of them in a message. */
export function listed(names: readonly string[]): string {
  const more = names.length - 20;
  return more > 0 ? `${names.slice(0, 20).join(', ')} and ${more} more` : names.join(', ');
}

export const boolean: Check = (value, param) => {
  if (typeof value !== 'boolean') fault(param, value, 'true or false');
};

export const text: Check = (value, param) => {
  if (typeof value !== 'string') fault(param, value, 'a text');
};

export const fields: Check = (value, param) => {
  if (!isFields(value)) fault(param, value, 'an object');
};

export function number(from: number, to: number): Check {
  return (value, param) => {
    if (typeof value !== 'number' || !(value >= from && value <= to)) {
      fault(param, value, `a number from ${from} to ${to}`);
    }
  };
}

export function whole(from: number, to = Number.MAX_SAFE_INTEGER): Check {
  const allowed =
    to === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${from}` : `a whole number from ${from} to ${to}`;
  return (value, param) => {
    if (!Number.isSafeInteger(value) || (value as number) < from || (value as number) > to) {
      fault(param, value, allowed);
    }
  };
}

export function optional(check: Check): Check {
  return (value, param, body) => {
    if (!absent(value)) check(value, param, body);
  };
}
