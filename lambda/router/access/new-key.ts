import { randomBytes } from 'node:crypto';
import type { KeyRecord } from '../../shared/store/key-port';
import { newSecret, secretHash } from './key-secret';

/** What is asked for; the rest of a record is made here. */
export type KeyDraft = Omit<KeyRecord, 'id' | 'hash' | 'createdAt' | 'revokedAt'>;

/** A key that nobody has yet: the record for the store, and the secret for the caller alone. */
export interface NewKey {
  readonly record: KeyRecord;
  readonly secret: string;
}

export function newKey(draft: KeyDraft, nowMs: number): NewKey {
  const secret = newSecret();
  const id = `key-${randomBytes(8).toString('hex')}`;
  const createdAt = new Date(nowMs).toISOString();
  return { record: { id, hash: secretHash(secret), ...draft, createdAt }, secret };
}
