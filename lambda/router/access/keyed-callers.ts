import { RouterError } from '../../../lib/core/errors';
import type { Caller } from '../../../lib/core/types';
import type { KeyRecord, KeyStore } from '../../shared/store/key-port';
import type { CallerOf } from '../caller';
import { isSecret, secretHash } from './key-secret';
import { keyState } from './key-state';
import { createKnownKeys } from './known-keys';
import { presentedSecret } from './presented-secret';
import { createRequestRate } from './request-rate';

export interface KeyedCallersOptions {
  readonly keys: Pick<KeyStore, 'byHash' | 'countRequest'>;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

/** Callers are who their key says, whatever else they say of themselves. */
export function keyedCallers(options: KeyedCallersOptions): CallerOf {
  const find = createKnownKeys(options);
  const count = createRequestRate(options);
  return async (request) => {
    const secret = presentedSecret(request);
    const record = secret !== undefined && isSecret(secret) ? await find(secretHash(secret)) : undefined;
    if (record === undefined || keyState(record, options.nowMs()) !== 'active') throw invalidKey();
    await count(record);
    return callerOfKey(record);
  };
}

/** One wording for all that may be wrong with a key, so that nobody learns which keys there are or were. */
function invalidKey(): RouterError {
  return new RouterError(
    'invalid_key',
    'A valid key is needed, as `Authorization: Bearer KEY` or as `x-api-key: KEY`; this request has none.',
  );
}

function callerOfKey({ id, customer, userTier, residency, tasks, tiers, operator }: KeyRecord): Caller {
  return {
    customer,
    keyId: id,
    operator,
    ...(userTier !== undefined && { userTier }),
    ...(residency !== undefined && { residencyFloor: residency }),
    ...(tasks !== undefined && { tasks }),
    ...(tiers !== undefined && { tiers }),
  };
}
