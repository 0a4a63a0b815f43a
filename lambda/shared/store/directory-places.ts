import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Attribution } from '../../../lib/core/types';
import type { ArrivedFeedback } from './attribution-port';
import { plainFileName } from './plain-file-name';

export interface KeptRecord {
  /** The minute in which it came, whatever else the index says. */
  readonly arrived: string;
  readonly record: Attribution;
}

export interface KeptWord extends ArrivedFeedback {
  readonly arrived: string;
}

/** Where records and words on them lie below a folder. */
export interface DirectoryPlaces {
  /** The index of arrivals. */
  readonly arrived: string;
  recordAt(requestId: string): string;
  wordAt(requestId: string, number: number): string;
  /** Folder of the words on a request. */
  wordsOn(requestId: string): string;
}

export function directoryPlaces(folder: string): DirectoryPlaces {
  const placeOf = (kind: string, requestId: string) => join(folder, kind, shardOf(requestId), plainFileName(requestId));
  const wordsOn = (requestId: string) => placeOf('feedback', requestId);
  return {
    arrived: join(folder, 'arrived'),
    recordAt: (requestId) => `${placeOf('requests', requestId)}.json`,
    wordAt: (requestId, number) => join(wordsOn(requestId), `${number}.json`),
    wordsOn,
  };
}

/** Spreads the files over 256 folders: some file systems are slow with very many in one. */
function shardOf(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 2);
}
