import { type FailureCause, RouterError } from '../../../lib/core/errors';

/** Errors of the way to a host; nothing was sent yet. Source: getaddrinfo(3), connect(2) and OpenSSL as Node names them. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
]);

const SENTENCES: Partial<Record<FailureCause, string>> = {
  'connect-timeout': 'could not be reached in time.',
  unreachable: 'could not be reached.',
  malformed: 'did not answer in HTTP.',
  cut: 'broke off the connection.',
};

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function causeOf(code: string): FailureCause {
  if (code === 'CONNECT_TIMEOUT') return 'connect-timeout';
  if (UNREACHABLE.has(code) || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_')) return 'unreachable';
  return code.startsWith('HPE_') ? 'malformed' : 'cut';
}

/** Any error of a socket as what befell the tier. */
export function transportFailure(error: unknown, tier: string): RouterError {
  const cause = causeOf(codeOf(error));
  return RouterError.failure(cause, `Tier ${tier} ${SENTENCES[cause]}`, { cause: error });
}

/** What an aborted call throws: the deadline's own error where the signal carries one. */
export function abortFailure(signal: AbortSignal): RouterError {
  if (RouterError.is(signal.reason)) return signal.reason;
  return RouterError.failure('aborted', 'The call was given up.', { cause: signal.reason });
}
