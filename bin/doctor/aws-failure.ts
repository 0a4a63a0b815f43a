import { UserError } from '../commands/command';
import { networkReason } from './ask-tiers';
import { reasonOf } from './gather';

const SIGN_IN =
  'Sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a user.';

/** What AWS and its clients call credentials that are no use, in plain words. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'AWS does not know these credentials',
  UnrecognizedClientException: 'AWS does not know these credentials',
  SignatureDoesNotMatch: 'the secret does not belong to the access key',
  ExpiredToken: 'these credentials have expired',
  ExpiredTokenException: 'these credentials have expired',
};

/** What a machine without a way out is told, by code or name. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'TimeoutError',
]);

/** A question that AWS gave no answer to: what is the matter, and what the user can do where that is known. */
export function awsFailure(what: string, error: unknown): UserError {
  const [why, toDo] = wordsOf(error);
  return new UserError(`${what}: ${why.replace(/\.$/, '')}.${toDo === undefined ? '' : `\n${toDo}`}`);
}

function wordsOf(error: unknown): [why: string, toDo?: string] {
  if (!(error instanceof Error)) return [reasonOf(error)];
  const { name, code = '', message } = error as NodeJS.ErrnoException;
  const known = Object.hasOwn(CREDENTIALS, name) ? CREDENTIALS[name] : undefined;
  if (known !== undefined) return [known, SIGN_IN];
  if (name === 'CredentialsProviderError') {
    return [/any providers/.test(message) ? noCredentials(process.env.AWS_PROFILE) : message, SIGN_IN];
  }
  if (UNREACHED.has(code) || UNREACHED.has(name)) {
    return [`AWS cannot be reached (${networkReason(error) || code})`, 'Check the network, a proxy, and the region.'];
  }
  return [reasonOf(error)];
}

/** The clients ask place after place, and tell of none of them why it had nothing. */
function noCredentials(profile: string | undefined): string {
  if (profile === undefined || profile === '') return 'no credentials are found on this machine';
  return `AWS_PROFILE is ${profile}, and no credentials are found by that name`;
}
