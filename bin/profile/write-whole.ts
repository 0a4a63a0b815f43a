import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes a file that is there whole or not at all; the one it replaces stays until then. */
export async function writeWhole(file: string, parts: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await pipeline(Readable.from(parts), createWriteStream(draft));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
