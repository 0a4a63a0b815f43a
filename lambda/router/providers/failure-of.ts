import type { IncomingHttpHeaders } from 'node:http';
import { type FailureCause, RouterError } from '../../../lib/core/errors';
import {
  callerSafe,
  saysContentFilter,
  saysContextLength,
  saysCredentials,
  saysNothingThere,
  saysThrottled,
  saysUnknownModel,
} from './failure-wording';
import { type HostError, hostErrorIn, parseJson } from './host-error';

/** HTTP status, or the one an error inside a stream stands for. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  // OpenAI and Anthropic
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
  // vLLM
  BadRequestError: 400,
  NotFoundError: 404,
  UnprocessableEntityError: 422,
  InternalServerError: 500,
  'Service Unavailable': 503,
};

const CAUSE_OF_STATUS: Readonly<Record<number, FailureCause>> = {
  401: 'auth',
  402: 'auth',
  403: 'auth',
  408: 'server-error',
  409: 'server-error',
  410: 'unknown-model',
  424: 'server-error',
  425: 'server-error',
  429: 'rate-limited',
  503: 'overloaded',
  529: 'overloaded',
};

/** What a host refuses about the request itself: its words tell which. */
const OF_THE_REQUEST = new Set([400, 413, 422]);

function causeOfRequestFault(error: HostError): FailureCause {
  const { message, code, type, param } = error;
  if (saysThrottled(message)) return 'rate-limited';
  if (code === 'context_length_exceeded' || saysContextLength(message, param)) return 'context-length';
  if (code === 'content_filter' || code === 'content_policy_violation' || type === 'content_policy_violation') {
    return 'content-filter';
  }
  if (saysContentFilter(message)) return 'content-filter';
  if (code === 'model_not_found' || saysUnknownModel(message)) return 'unknown-model';
  if (code === 'invalid_api_key' || saysCredentials(message)) return 'auth';
  return 'invalid-request';
}

/** Not found is the model, or the address where it should be, unless the host names another thing. */
function causeOfNotFound(error: HostError): FailureCause {
  const cause = causeOfRequestFault(error);
  if (cause !== 'invalid-request') return cause;
  return error.param === 'model' || saysNothingThere(error.message) ? 'unknown-model' : cause;
}

export function causeOf(status: number, error: HostError): FailureCause {
  if (OF_THE_REQUEST.has(status)) return causeOfRequestFault(error);
  if (status === 404) return causeOfNotFound(error);
  const named = CAUSE_OF_STATUS[status];
  if (named !== undefined) return named;
  return status >= 500 ? 'server-error' : 'malformed';
}

const SENTENCES: Readonly<Partial<Record<FailureCause, string>>> = {
  'rate-limited': 'has reached its rate limit',
  overloaded: 'is overloaded',
  'server-error': 'failed',
  malformed: 'answered with what its dialect does not know',
  auth: 'refused the router its access',
  'unknown-model': 'does not serve the model',
  'context-length': 'cannot take a prompt of this length',
  'content-filter': 'refused the content',
  'invalid-request': 'found fault with the request',
};

export interface FailureParts {
  readonly tier: string;
  readonly status: number;
  readonly error: HostError;
  readonly retryAfterMs?: number | undefined;
}

/** The name of a field, as hosts write it: `messages[0].content`. */
const FIELD = /^[a-z][\w.[\]]{0,63}$/;

/** The error of a refused call. Only a fault of the caller's own request is told in the host's words. */
export function failureFrom(cause: FailureCause, parts: FailureParts): RouterError {
  const { tier, status, error, retryAfterMs } = parts;
  const told = cause === 'invalid-request' ? callerSafe(error.message) : '';
  const message = told || `Tier ${tier} ${SENTENCES[cause] ?? 'failed'}${status > 0 ? ` (HTTP ${status})` : ''}.`;
  return RouterError.failure(cause, message, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(cause === 'invalid-request' && FIELD.test(error.param) ? { param: error.param } : {}),
  });
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** Nobody means more than nine digits of either unit. */
const SPAN = /^\d{1,9}(\.\d+)?$/;

/** Milliseconds to wait as the host asks: `retry-after-ms`, or `Retry-After` in seconds or as a date. */
export function retryAfterOf(headers: IncomingHttpHeaders, nowMs = Date.now()): number | undefined {
  const inMs = headerOf(headers, 'retry-after-ms') || headerOf(headers, 'x-ms-retry-after-ms');
  if (SPAN.test(inMs)) return Number(inMs);
  const after = headerOf(headers, 'retry-after');
  if (SPAN.test(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

const NOTHING_SAID: HostError = { message: '', type: '', code: '', param: '' };

/** An answer that is not what the dialect allows; `what` says so as a predicate of the tier. */
export function malformed(tier: string, what: string): RouterError {
  return RouterError.failure('malformed', `Tier ${tier} ${what}.`);
}

/** A status that is no success, and the body that came with it, as what befell the tier. */
export function failureOf(
  response: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string },
  tier: string,
): RouterError {
  const { status, headers } = response;
  const error = hostErrorIn(parseJson(response.body)) ?? NOTHING_SAID;
  // A spent quota is no matter of waiting a moment.
  const spent = error.code === 'insufficient_quota' || error.type === 'insufficient_quota';
  const retryAfterMs = spent ? undefined : retryAfterOf(headers);
  return failureFrom(causeOf(status, error), { tier, status, error, retryAfterMs });
}

/**
 * An error object that came with status 200 or inside a stream. Never told in the host's words: they come among those of
 * an answer, and may hold what the host was called with.
 */
export function failureInBand(body: unknown, tier: string): RouterError {
  const error = hostErrorIn(body) ?? NOTHING_SAID;
  const numeric = Number(error.code);
  const status =
    numeric >= 400 && numeric < 600 ? numeric : (STATUS_OF_TYPE[error.type] ?? STATUS_OF_TYPE[error.code] ?? 0);
  const cause = status === 0 ? causeOfRequestFault(error) : causeOf(status, error);
  // Without a status only the words speak; words that name nothing known are taken for the host's own fault.
  const known = status === 0 && cause === 'invalid-request' ? 'server-error' : cause;
  return failureFrom(known, { tier, status: 0, error: NOTHING_SAID });
}
