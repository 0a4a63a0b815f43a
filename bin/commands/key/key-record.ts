import { isCustomer } from '../../../lambda/router/caller';
import type { KeyRecord } from '../../../lambda/shared/store/key-port';
import { RESIDENCIES } from '../../../lib/core/types-policy';
import { UserError } from '../command';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length > 0;
const isDate: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isList: Check = (value) => Array.isArray(value) && value.every(isText);
const absentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** What each member of a record may be; a file may have been written by hand. */
const MEMBERS: Readonly<Record<keyof KeyRecord, readonly [check: Check, allowed: string]>> = {
  id: [isText, 'a text'],
  hash: [(value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'the SHA-256 of a secret, in hex'],
  customer: [(value) => typeof value === 'string' && isCustomer(value), 'a customer'],
  operator: [(value) => typeof value === 'boolean', 'true or false'],
  tasks: [absentOr(isList), 'a list of tasks'],
  tiers: [absentOr(isList), 'a list of tiers'],
  userTier: [absentOr(isText), 'a text'],
  residency: [absentOr((value) => RESIDENCIES.some((one) => one === value)), `one of ${RESIDENCIES.join(', ')}`],
  requestsPerMinute: [absentOr((value) => Number.isSafeInteger(value) && (value as number) > 0), 'a whole number'],
  createdAt: [isDate, 'an ISO date'],
  expiresAt: [absentOr(isDate), 'an ISO date'],
  revokedAt: [absentOr(isDate), 'an ISO date'],
};

/** A key as a file has it. A member that is not known is a fault: what limits a key must never be overlooked. */
export function readKeyRecord(value: unknown, place: string): KeyRecord {
  if (typeof value !== 'object' || value === null) throw new UserError(`${place}: is not a key; make it an object.`);
  const record: Readonly<Record<string, unknown>> = { ...value };
  for (const name of Object.keys(record)) {
    if (!Object.hasOwn(MEMBERS, name)) {
      throw new UserError(`${place}.${name}: there is no such member; allowed are ${Object.keys(MEMBERS).join(', ')}.`);
    }
  }
  for (const [name, [check, allowed]] of Object.entries(MEMBERS)) {
    if (!check(record[name])) throw new UserError(`${place}.${name}: must be ${allowed}.`);
  }
  return record as unknown as KeyRecord;
}
