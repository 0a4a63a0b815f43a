import { CUSTOMER_HEADER } from '../../lib/core/contract';
import { RouterError } from '../../lib/core/errors';
import { ERASED } from '../../lib/core/telemetry/rollup/erased';
import { UNNAMED } from '../../lib/core/telemetry/rollup/rollup';
import type { Caller } from '../../lib/core/types';
import type { HttpRequest } from './http';

/** Who asks. Throws a RouterError for who may not. */
export type CallerOf = (request: Pick<HttpRequest, 'headers'>) => Caller | Promise<Caller>;

const CUSTOMER = /^[\x21-\x7e]{1,128}$/;
/** What stands in sums for nobody, and for those who were erased: who was called so could not be told from them. */
const TAKEN: ReadonlySet<string> = new Set([UNNAMED, ERASED]);
/** What a customer's name may be, for messages. */
export const CUSTOMER_FORM = `1 to 128 visible ASCII characters without spaces, and neither ${UNNAMED} nor ${ERASED}`;

export function isCustomer(name: string): boolean {
  return CUSTOMER.test(name) && !TAKEN.has(name);
}

/** Where callers need no key only the router's own machine reaches it, and their word for the customer is taken. */
export const trustedCaller: CallerOf = ({ headers }) => {
  const customer = headers[CUSTOMER_HEADER];
  if (customer === undefined) return {};
  if (!isCustomer(customer)) {
    throw new RouterError('invalid_request', `The customer is ${CUSTOMER_FORM}.`, { param: CUSTOMER_HEADER });
  }
  return { customer };
};
