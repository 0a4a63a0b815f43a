import { ENVIRONMENT } from '../../../lib/core/contract';
import type { Access } from './callers';

/** Set by Lambda itself in every function; nobody who deploys one can unset it. */
const LAMBDA_MARK = 'AWS_LAMBDA_FUNCTION_NAME';

/**
 * Who may call the router's function: whoever has a key. The bundle on one machine, where nobody else reaches it, may be
 * told otherwise; a function on Lambda that is told so does not start.
 */
export function environmentAccess(variables: Readonly<Record<string, string | undefined>>): Access {
  const told = variables[ENVIRONMENT.callers]?.trim() || 'keyed';
  if (told === 'keyed') return { callers: 'keyed' };
  if (told !== 'trusted') {
    throw new Error(`${ENVIRONMENT.callers} is ${JSON.stringify(told)}: allowed are keyed and trusted`);
  }
  if (variables[LAMBDA_MARK] !== undefined) {
    throw new Error(`${ENVIRONMENT.callers} is trusted, which a function on Lambda may not be: take it away`);
  }
  return { callers: 'trusted' };
}
