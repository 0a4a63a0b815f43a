import { RouterError } from '../../../lib/core/errors';
import type { Caller } from '../../../lib/core/types';
import { isSecret } from '../access/key-secret';
import { presentedSecrets } from '../access/presented-secrets';
import type { CallerOf } from '../caller';
import type { HttpRequest } from '../http';
import { sessionKeyOf } from './session-cookie';

type Headers = HttpRequest['headers'];

/** Throws for who may not see everybody's records: only operators may, and whoever needs no key. */
export async function checkOperator(headers: Headers, callerOf: CallerOf): Promise<void> {
  checkCaller(await callerOf({ headers: withKept(headers) }), headers);
}

/** The same for a key that is shown for the first time. */
export async function checkKey(key: string, headers: Headers, callerOf: CallerOf): Promise<void> {
  const { authorization: _, ...others } = headers;
  checkCaller(await callerOf({ headers: { ...others, 'x-api-key': key } }), headers);
}

/** The key that the browser keeps stands in where the request shows none, be there what a proxy on the way has put in. */
function withKept(headers: Headers): Headers {
  const kept = sessionKeyOf(headers);
  const isShown = presentedSecrets({ headers }).some(isSecret);
  return isShown || kept === undefined ? headers : { ...headers, 'x-api-key': kept };
}

function checkCaller({ keyId, operator }: Caller, { host }: Headers): void {
  if (operator === true) return;
  if (keyId !== undefined) {
    throw new RouterError(
      'forbidden',
      'This key is not an operator’s. Make one by `tierwise key create --operator --customer NAME`.',
    );
  }
  if (host === undefined || isLoopbackName(host)) return;
  // A page of a stranger may give its own name the address of this machine, but not this machine's names to itself.
  throw new RouterError('forbidden', 'Without a key the page answers to localhost and its addresses alone.');
}

const LOOPBACK_NAME = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAME.test(host);
}
