import { REQUEST_ID_HEADER } from '../contract';
import { ERRORS, type RouterError } from '../errors';
import type { Response } from '../types';

/** Said with a 503 where nobody told when to come back. */
export const UNTOLD_MS = 5000;

/** The error in OpenAI's shape. The message is the router's own; no stack, key, prompt or answer stands in it. */
export function errorBody(error: RouterError): string {
  const { type } = ERRORS[error.code];
  return JSON.stringify({ error: { message: error.message, type, param: error.param ?? null, code: error.code } });
}

export function formatError(
  error: RouterError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, retryable } = ERRORS[error.code];
  const all: Record<string, string> = Object.assign({}, headers, {
    [REQUEST_ID_HEADER]: requestId,
    'content-type': 'application/json',
  });
  if (error.retryAfterMs !== undefined) all['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000));
  else if (status === 503) all['retry-after'] = String(UNTOLD_MS / 1000);
  // Client libraries ask again on any 429 and 5xx unless they are told not to.
  if (!retryable && (status === 429 || status >= 500)) all['x-should-retry'] = 'false';
  return { status, headers: all, body: errorBody(error) };
}
