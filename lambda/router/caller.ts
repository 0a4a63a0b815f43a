import { CUSTOMER_HEADER } from '../../lib/core/contract';
import { RouterError } from '../../lib/core/errors';
import type { Caller } from '../../lib/core/types';
import type { HttpRequest } from './http';

const PRINTABLE = /^[\x21-\x7e]{1,128}$/;

/** Who asks. Without keys the router listens on loopback only, and takes the caller's word for the customer. */
export function callerOf({ headers }: HttpRequest): Caller {
  const customer = headers[CUSTOMER_HEADER];
  if (customer === undefined) return {};
  if (!PRINTABLE.test(customer)) {
    throw new RouterError('invalid_request', 'The customer is 1 to 128 visible ASCII characters without spaces.', {
      param: CUSTOMER_HEADER,
    });
  }
  return { customer };
}
