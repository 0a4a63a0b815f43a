import { type FileHandle, open } from 'node:fs/promises';
import type { ArrivedPart, Bucket } from './bucket';
import type { LocalFile } from './local-weights';
import { objectDigest, PART_BYTES, type Part, partDigests, partsOf, readPart } from './parts';

export interface SendOptions {
  /** Bytes of a part; S3 takes none below 5 MiB but the last. */
  readonly partBytes?: number;
  /** Parts on the way at once; each is held in memory. */
  readonly concurrency?: number;
  /** Told whenever bytes have arrived. */
  readonly onBytes?: (bytes: number) => void;
}

export type Sent = 'sent' | 'there already';

/**
 * Brings one file into the bucket. What is there already with the same size and digest is left alone; of an upload that
 * was cut off, only the parts that have not arrived are sent.
 */
export async function sendFile(bucket: Bucket, file: LocalFile, key: string, options: SendOptions = {}): Promise<Sent> {
  const { partBytes = PART_BYTES, concurrency = 4, onBytes = () => {} } = options;
  const parts = partsOf(file.bytes, partBytes);
  const digests = await partDigests(file.path, parts);
  const digest = objectDigest(digests);
  const there = await bucket.head(key);
  if (there?.bytes === file.bytes && there.digest === digest) {
    onBytes(file.bytes);
    return 'there already';
  }
  const handle = await open(file.path);
  try {
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) {
      await bucket.put(key, await readPart(handle, first), digest);
      onBytes(file.bytes);
    } else await sendParts({ bucket, key, digests, handle, parts, concurrency, onBytes });
    return 'sent';
  } finally {
    await handle.close();
  }
}

interface Sending {
  readonly bucket: Bucket;
  readonly key: string;
  readonly digests: readonly Buffer[];
  readonly handle: FileHandle;
  readonly parts: readonly Part[];
  readonly concurrency: number;
  readonly onBytes: (bytes: number) => void;
}

async function sendParts(sending: Sending): Promise<void> {
  const { bucket, key, digests, handle, parts, concurrency, onBytes } = sending;
  const begun = await resumable(sending);
  const upload = begun?.upload ?? (await bucket.beginUpload(key, objectDigest(digests)));
  const etags: string[] = [];
  await inTurns(parts, concurrency, async (part) => {
    const there = begun?.arrived.get(part.number)?.etag;
    etags[part.number - 1] = there ?? (await bucket.putPart(key, upload, part.number, await readPart(handle, part)));
    onBytes(part.bytes);
  });
  await bucket.finishUpload(key, upload, etags);
}

/** An upload that was cut off, when all that has arrived is what the file holds now; any other is dropped. */
async function resumable({ bucket, key, digests, parts }: Sending): Promise<Begun | undefined> {
  const upload = await bucket.findUpload(key);
  if (upload === undefined) return undefined;
  const arrived = await bucket.arrived(key, upload);
  const same = [...arrived].every(([number, { bytes, etag }]) => {
    const index = number - 1;
    return parts[index]?.bytes === bytes && digests[index]?.toString('hex') === etag;
  });
  if (same && arrived.size > 0) return { upload, arrived };
  await bucket.dropUpload(key, upload);
  return undefined;
}

interface Begun {
  readonly upload: string;
  readonly arrived: ReadonlyMap<number, ArrivedPart>;
}

/** Runs `work` for each thing, at most `width` at a time. The first failure ends it, once what is under way has ended. */
async function inTurns<T>(things: readonly T[], width: number, work: (thing: T) => Promise<void>): Promise<void> {
  const left = [...things];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let thing = left.shift(); thing !== undefined && !failed; thing = left.shift()) {
      try {
        await work(thing);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
