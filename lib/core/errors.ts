/** Every way a request can fail, in two closed tables: what the caller is told, and what befell a tier. */

/** HTTP status, OpenAI's error type, whether asking again may help, and whose fault it is. */
export interface ErrorRow {
  readonly status: number;
  readonly type: string;
  readonly retryable: boolean;
  readonly fault: 'caller' | 'tier' | 'router';
}

const CALLER = { type: 'invalid_request_error', retryable: false, fault: 'caller' } as const;

/** What a caller is told. The keys are the `code` of the error body. */
export const ERRORS = {
  invalid_request: { status: 400, ...CALLER },
  context_length_exceeded: { status: 400, ...CALLER },
  content_filter: { status: 400, ...CALLER },
  unsupported: { status: 400, ...CALLER },
  invalid_key: { ...CALLER, status: 401, type: 'authentication_error' },
  forbidden: { ...CALLER, status: 403, type: 'permission_error' },
  model_not_found: { status: 404, ...CALLER },
  not_found: { status: 404, ...CALLER },
  request_too_large: { status: 413, ...CALLER },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error', retryable: true, fault: 'caller' },
  budget_exceeded: { status: 429, type: 'rate_limit_error', retryable: false, fault: 'caller' },
  internal: { status: 500, type: 'server_error', retryable: true, fault: 'router' },
  upstream_error: { status: 502, type: 'server_error', retryable: true, fault: 'tier' },
  answer_rejected: { status: 502, type: 'server_error', retryable: false, fault: 'tier' },
  residency_unavailable: { status: 503, type: 'server_error', retryable: true, fault: 'tier' },
  tiers_unavailable: { status: 503, type: 'server_error', retryable: true, fault: 'tier' },
  upstream_timeout: { status: 504, type: 'server_error', retryable: true, fault: 'tier' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * What a failure of a tier leads to. `retry`: the same tier may be asked again. `next`: the request moves along the
 * ladder; where it is false the tier's word is final and reaches the caller.
 */
export interface FailureRow {
  readonly code: ErrorCode;
  readonly retry: boolean;
  readonly next: boolean;
  readonly meaning: string;
}

/** What can befall a call to a tier. A provider turns every foreign failure into one of these at its border. */
export const FAILURES = {
  'rate-limited': { code: 'tiers_unavailable', retry: true, next: true, meaning: 'the tier said 429' },
  overloaded: { code: 'tiers_unavailable', retry: true, next: true, meaning: 'the tier said 503 or its queue is full' },
  'server-error': { code: 'upstream_error', retry: true, next: true, meaning: 'the tier said 5xx' },
  unreachable: { code: 'tiers_unavailable', retry: true, next: true, meaning: 'no connection' },
  'connect-timeout': { code: 'tiers_unavailable', retry: true, next: true, meaning: 'no connection in time' },
  'first-token-timeout': { code: 'upstream_timeout', retry: false, next: true, meaning: 'no content in time' },
  'stall-timeout': { code: 'upstream_timeout', retry: true, next: true, meaning: 'the stream stood still' },
  'total-timeout': { code: 'upstream_timeout', retry: false, next: true, meaning: 'not done in time' },
  cut: { code: 'upstream_error', retry: true, next: true, meaning: 'the connection or stream broke off' },
  malformed: { code: 'upstream_error', retry: true, next: true, meaning: 'not what the dialect allows' },
  empty: { code: 'upstream_error', retry: true, next: true, meaning: 'no content or no finish reason' },
  auth: { code: 'upstream_error', retry: false, next: true, meaning: 'the tier refused our credentials' },
  'unknown-model': { code: 'upstream_error', retry: false, next: true, meaning: 'the tier does not have the model' },
  'context-length': {
    code: 'context_length_exceeded',
    retry: false,
    next: true,
    meaning: 'the prompt is too long for it',
  },
  'content-filter': { code: 'content_filter', retry: false, next: false, meaning: 'the tier refused the content' },
  'invalid-request': {
    code: 'invalid_request',
    retry: false,
    next: false,
    meaning: 'the tier found fault with the request',
  },
  diverged: {
    code: 'upstream_error',
    retry: false,
    next: true,
    meaning: 'asked again, it did not repeat what had been sent',
  },
  aborted: { code: 'internal', retry: false, next: false, meaning: 'the caller left' },
} as const satisfies Record<string, FailureRow>;

export type FailureCause = keyof typeof FAILURES;

export interface RouterErrorOptions {
  /** What befell the tier, for an error that a provider made. */
  readonly failure?: FailureCause;
  /** How long the tier, or the router, asks to wait. */
  readonly retryAfterMs?: number;
  /** Name of the body field at fault. */
  readonly param?: string;
  readonly cause?: unknown;
}

const MARKER = Symbol.for('tierwise.RouterError');

/** The one error of the request path. `message` is for the caller: no prompt, answer, key or stack may stand in it. */
export class RouterError extends Error {
  readonly code: ErrorCode;
  readonly failure?: FailureCause;
  readonly retryAfterMs?: number;
  readonly param?: string;
  /** Survives two copies of the package in one process, where `instanceof` does not. */
  readonly [MARKER] = true;

  constructor(code: ErrorCode, message: string, options: RouterErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'RouterError';
    this.code = code;
    if (options.failure !== undefined) this.failure = options.failure;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.param !== undefined) this.param = options.param;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return this.failure === undefined ? ERRORS[this.code].retryable : FAILURES[this.failure].retry;
  }

  /** The error of a failed call to a tier; its code comes from `FAILURES`. */
  static failure(
    failure: FailureCause,
    message: string,
    options: Omit<RouterErrorOptions, 'failure'> = {},
  ): RouterError {
    return new RouterError(FAILURES[failure].code, message, { ...options, failure });
  }

  static is(error: unknown): error is RouterError {
    return typeof error === 'object' && error !== null && MARKER in error;
  }
}

/** Any thrown value as a RouterError; what nobody foresaw is `internal`, and its text stays inside. */
export function asRouterError(error: unknown): RouterError {
  if (RouterError.is(error)) return error;
  return new RouterError(
    'internal',
    'The router failed on this request; its log holds the details under the request id.',
    {
      cause: error,
    },
  );
}
