import { type FailureCause, RouterError } from '../../../../lib/core/errors';
import { causeOf, failureFrom, malformed, retryAfterOf } from '../failure-of';
import { abortFailure, transportFailure } from '../transport-failure';

/** By exception; the same names come as HTTP errors and inside a stream, where there is no status. */
const CAUSES: Readonly<Record<string, FailureCause>> = {
  ThrottlingException: 'rate-limited',
  ServiceQuotaExceededException: 'rate-limited',
  ModelNotReadyException: 'overloaded',
  ServiceUnavailableException: 'overloaded',
  InternalServerException: 'server-error',
  ModelErrorException: 'server-error',
  ModelStreamErrorException: 'server-error',
  ModelTimeoutException: 'server-error',
  ResourceNotFoundException: 'unknown-model',
  AccessDeniedException: 'auth',
  UnrecognizedClientException: 'auth',
  ExpiredTokenException: 'auth',
  InvalidSignatureException: 'auth',
  // The AWS client found no credentials to sign with.
  CredentialsProviderError: 'auth',
  TokenProviderError: 'auth',
};

/** What the AWS client hangs on its errors. */
interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const VALIDATION_STATUS = 400;

function serviceFailure(error: AwsError, tier: string): RouterError | undefined {
  const status = error.$metadata?.httpStatusCode ?? 0;
  const said = { message: error.message ?? '', type: error.name ?? '', code: '', param: '' };
  const retryAfterMs = retryAfterOf(error.$response?.headers ?? {});
  const named = CAUSES[error.name ?? ''];
  if (named) return failureFrom(named, { tier, status, error: said, retryAfterMs });
  const asked = error.name === 'ValidationException' ? VALIDATION_STATUS : status;
  // Below 300: an answer the AWS client could not read.
  return asked < 300 ? undefined : failureFrom(causeOf(asked, said), { tier, status, error: said, retryAfterMs });
}

/** Any error thrown by the AWS client, or on the way through its answer, as what befell the tier. */
export function bedrockFailure(thrown: unknown, tier: string, signal: AbortSignal): RouterError {
  if (RouterError.is(thrown)) return thrown;
  if (signal.aborted) return abortFailure(signal);
  const error: AwsError = typeof thrown === 'object' && thrown !== null ? thrown : {};
  const service = serviceFailure(error, tier);
  if (service) return service;
  if (error.code !== undefined || /truncated|aborted/i.test(error.message ?? '')) return transportFailure(thrown, tier);
  if (/region is missing/i.test(error.message ?? '')) {
    return RouterError.failure('unreachable', `Tier ${tier} names no AWS region, and the environment has none.`);
  }
  return malformed(tier, 'answered with something its dialect does not know');
}
