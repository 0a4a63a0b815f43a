import { sessionOf } from '../../lib/core/request/session-key';
import type { Attribution } from '../../lib/core/types';
import { storedSession } from './sessions';

/** The key of the session that a request belonged to, as the store takes it; undefined for one that named none. */
export function sessionOfRecord({ customer, keyId, task, session }: Attribution): string | undefined {
  if (session === undefined) return undefined;
  const caller = { ...(customer !== undefined && { customer }), ...(keyId !== undefined && { keyId }) };
  return storedSession(sessionOf(caller, task, session));
}
