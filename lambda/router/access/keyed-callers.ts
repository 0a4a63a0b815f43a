import { RouterError } from '../../../lib/core/errors';
import type { Caller } from '../../../lib/core/types';
import type { KeyRecord, KeyStore } from '../../shared/store/key-port';
import type { CallerOf } from '../caller';
import { isSecret, secretHash } from './key-secret';
import { keyState } from './key-state';
import { createKnownKeys } from './known-keys';
import { presentedSecrets } from './presented-secrets';
import { createRequestRate } from './request-rate';

export interface KeyedCallersOptions {
  readonly keys: Pick<KeyStore, 'byHash' | 'countRequest'>;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

const AS = 'as `Authorization: Bearer KEY` or as `x-api-key: KEY`';
const NONE = `A key is needed, ${AS}; this request has none.`;
/** One wording for all that may be wrong with a key, so that nobody learns which keys there are or were. */
const NOT_VALID = `The key of this request is not valid. Give one that is, ${AS}.`;
const TWO_KEYS =
  'This request shows two keys that differ, in `Authorization` and in `x-api-key`; leave the one out that is not meant.';

/** Callers are who their key says, whatever else they say of themselves. */
export function keyedCallers(options: KeyedCallersOptions): CallerOf {
  const find = createKnownKeys(options);
  const count = createRequestRate(options);
  return async (request) => {
    const [secret, another] = presentedSecrets(request);
    if (secret === undefined) throw refusal(NONE);
    if (another !== undefined) throw refusal(TWO_KEYS);
    const record = isSecret(secret) ? await find(secretHash(secret)) : undefined;
    if (record === undefined || keyState(record, options.nowMs()) !== 'active') throw refusal(NOT_VALID);
    await count(record);
    return callerOfKey(record);
  };
}

function refusal(message: string): RouterError {
  return new RouterError('invalid_key', message);
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
