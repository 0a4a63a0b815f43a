import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HOUR_MS } from '../../../lib/core/durations';
import { ifThere } from './exclusive-file';

const ENDING = '.draft';
/** A draft is there for milliseconds: by then nobody writes it any more. */
const ABANDONED_MS = HOUR_MS;

/** Removes drafts of files that nobody has written to the end, in some folders and those below. */
export async function removeDrafts(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for await (const draft of draftsBelow(folder)) {
      const found = await ifThere(stat(draft));
      if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await ifThere(unlink(draft));
    }
  }
}

async function* draftsBelow(folder: string): AsyncGenerator<string> {
  for (const entry of (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* draftsBelow(path);
    else if (entry.name.endsWith(ENDING)) yield path;
  }
}
