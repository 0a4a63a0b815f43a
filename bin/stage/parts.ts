import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** S3 takes at most ten thousand parts of an object: at this size, 640 GB. */
export const PART_BYTES = 64 * 1024 * 1024;

export interface Part {
  /** From 1, as S3 counts. */
  readonly number: number;
  readonly begin: number;
  readonly bytes: number;
}

export function partsOf(bytes: number, partBytes: number): Part[] {
  const count = Math.max(1, Math.ceil(bytes / partBytes));
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    begin: index * partBytes,
    bytes: Math.min(partBytes, bytes - index * partBytes),
  }));
}

export async function readPart(file: FileHandle, { begin, bytes }: Part): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, begin + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    filled += bytesRead;
  }
  return buffer;
}

function digestOf(data: Uint8Array): Buffer {
  return createHash('md5').update(data).digest();
}

/** The digest S3 gives an object as its ETag: of the bytes, or of the digests of its parts and their number. */
export function objectDigest(digests: readonly Buffer[]): string {
  const [only] = digests;
  if (digests.length === 1 && only !== undefined) return only.toString('hex');
  return `${digestOf(Buffer.concat(digests)).toString('hex')}-${digests.length}`;
}

/** The digests of a file's parts. */
export async function partDigests(path: string, parts: readonly Part[]): Promise<Buffer[]> {
  const file = await open(path);
  try {
    const digests: Buffer[] = [];
    for (const part of parts) digests.push(digestOf(await readPart(file, part)));
    return digests;
  } finally {
    await file.close();
  }
}
