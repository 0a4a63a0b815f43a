import type { Caller } from '../types';

/**
 * Whom a thing that is kept between requests belongs to, as parts of its key. Each kind of name has a word of its own before
 * it, so that no customer can be called what a key or nobody is called.
 */
export function callerScope({ customer, keyId }: Caller): readonly string[] {
  if (customer !== undefined) return ['customer', customer];
  return keyId === undefined ? ['anonymous'] : ['key', keyId];
}
