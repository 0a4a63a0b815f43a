import { ERRORS, type ErrorRow } from '../errors';
import type { Attribution } from '../types';
import { ownValue } from './own-value';

/**
 * What became of a request. Closed list; each record is one of these, so together they are all requests.
 *
 * - `answered`: the answer left whole, be it a kept one, or a draft that no check passed and the task lets go
 * - `refused`: no tier was asked. Guards, residency, keys, open breakers, full queues and budgets do that
 * - `failed`: a tier was asked, and no answer left whole. Whoever left himself stands here, and what the router broke at
 * - `caller-fault`: what was asked for cannot be answered, as the router or a tier found: too long, filtered, malformed
 */
export type Ending = 'answered' | 'refused' | 'failed' | 'caller-fault';

export function endingOf({ status, error, attempts }: Pick<Attribution, 'status' | 'error' | 'attempts'>): Ending {
  if (error === undefined && status < 400) return 'answered';
  const row = error === undefined ? undefined : ownValue<ErrorRow>(ERRORS, error);
  // Of the errors that are a caller's fault, those of keys, rates and money say nothing against what was asked.
  if (row?.type === 'invalid_request_error') return 'caller-fault';
  return attempts.length > 0 || row?.fault === 'router' ? 'failed' : 'refused';
}
