import { createHash } from 'node:crypto';

const READABLE_CHARACTERS = 60;

/**
 * The name of a file for any id, however long, whatever is in it, and on file systems that do not tell capitals from
 * small letters: as much of the id as a person may want to read, and its hash.
 */
export function fileNameFor(id: string): string {
  const readable = id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return `${readable.slice(0, READABLE_CHARACTERS) || '-'}.${hash}`;
}
