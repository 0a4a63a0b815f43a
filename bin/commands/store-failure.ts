import { StoreCorruptError } from '../../lambda/shared/store/store-refusal';
import { UserError } from './command';

/** What a person can change, by the code or name of the failure; `{why}` is what the failure says itself. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOTDIR: 'is a file; name a folder.',
  'EEXIST mkdir': 'has a file, or a link that leads nowhere, in the place of a folder: {why}',
  EACCES: 'may not be read or written by this user.',
  EPERM: 'may not be read or written by this user.',
  'ENOENT mkdir': 'cannot be made: no folder can be made there; name another.',
  EROFS: 'lies on a disk that cannot be written.',
  ENOSPC: 'lies on a disk that is full.',
  ResourceNotFoundException: 'has no such tables in this account and region; check --table-prefix and AWS_REGION.',
  CredentialsProviderError: 'cannot be asked without AWS credentials; sign in, or set AWS_PROFILE.',
  UnrecognizedClientException: 'does not know these AWS credentials; sign in again, or set AWS_PROFILE.',
  ExpiredTokenException: 'does not take these AWS credentials any more; sign in again.',
  AccessDeniedException: 'denies access: {why}',
  ECONNREFUSED: 'cannot be reached: {why}',
  ECONNRESET: 'cannot be reached: {why}',
  EHOSTUNREACH: 'cannot be reached: {why}',
  ENETUNREACH: 'cannot be reached: {why}',
  ENOTFOUND: 'cannot be reached: {why}',
  EAI_AGAIN: 'cannot be reached: {why}',
  ETIMEDOUT: 'cannot be reached: {why}',
  TimeoutError: 'cannot be reached: {why}',
  // The AWS client has no name for this one.
  'Region is missing': 'needs a region; set AWS_REGION.',
};

/** A failure of the store that the user can mend, in his words; any other as it came. */
export function storeFailure(error: unknown, store: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  if (error instanceof StoreCorruptError) return new UserError(`${store}: ${error.message}. ${wayOut(error)}`);
  const { code = '', syscall, name, message } = error as NodeJS.ErrnoException;
  const advice = [code, `${code} ${syscall}`, name, message].flatMap((key) =>
    Object.hasOwn(ADVICE, key) ? [ADVICE[key] as string] : [],
  )[0];
  return advice === undefined ? error : new UserError(`${store} ${advice.replace('{why}', () => message)}`);
}

/** Neither a rollback nor a publication gets past a broken pointer; past a broken version both do. */
function wayOut({ version }: StoreCorruptError): string {
  return version === null
    ? 'In a folder it is the last file of policy/active: put it back from a backup, or delete it, and the pointer before it counts.'
    : 'tierwise rollback, or publish, puts another version in force.';
}
