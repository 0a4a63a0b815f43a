import { makeFolderSync } from '../../lambda/shared/store/make-folder';
import { UserError } from '../commands/command';

/** Makes the folder that `--out` names, where it is not there yet. */
export function makeFolder(folder: string): void {
  try {
    makeFolderSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new UserError(`--out ${folder}: is a file, or lies below one; name a folder.`, { folder });
    throw new UserError(`--out ${folder}: the folder cannot be made (${code}).`, { folder });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the disk takes no writing',
  EACCES: 'writing is not allowed there',
  EPERM: 'writing is not allowed there',
  EFBIG: 'a file may not grow any further',
};

/** What failed because a file could not be written, as the user's to mend; `kept` says what is there and how to go on. */
export function writingFault(error: unknown, folder: string, kept: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return reason === undefined ? error : new UserError(`${folder}: ${reason}. ${kept}`, { folder });
}
