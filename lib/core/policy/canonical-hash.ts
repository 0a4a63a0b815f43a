import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json';

/** Enough digits that no two things a policy could say share them. */
const DIGITS = 16;

/** A short digest of a plain value: the same for every order of keys and every way of writing it. */
export function canonicalHash(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, DIGITS)}`;
}
