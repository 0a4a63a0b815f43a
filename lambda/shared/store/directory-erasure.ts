import { rmdir, unlink } from 'node:fs/promises';
import { directoryArrivals } from './directory-arrivals';
import { directoryPlaces, type KeptRecord, type KeptWord } from './directory-places';
import type { ErasableRequests } from './erasure';
import { hasCode, ifThere, namesIn, readIfThere } from './exclusive-file';
import { parseFile } from './parse-file';
import { beginningOf } from './stretch';

const WORD = /^(\d+)\.json$/;

/**
 * Removes records and words from a folder. A file goes before its entry in the index: where this is cut off in between, an
 * entry is left that leads nowhere, and names nothing but a request id.
 */
export function directoryErasure(folder: string): ErasableRequests {
  const { arrived, recordAt, wordAt, wordsOn } = directoryPlaces(folder);
  const arrivals = directoryArrivals(arrived);

  async function remove(path: string, requestId: string, before: string, word?: number): Promise<number> {
    const text = await readIfThere(path);
    if (text === undefined) return 0;
    const { arrived: minute } = parseFile<KeptRecord | KeptWord>(path, text, 'put it back from a backup, or delete it');
    if (minute >= before) return 0;
    await ifThere(unlink(path));
    await arrivals.unmark(minute, word === undefined ? { requestId } : { requestId, word });
    return 1;
  }

  return {
    async oldestMs() {
      const day = await arrivals.oldestDay();
      return day === undefined ? undefined : beginningOf('day', day);
    },

    async removeRequest(requestId, before) {
      let feedback = 0;
      for (const number of await numbersIn(wordsOn(requestId))) {
        feedback += await remove(wordAt(requestId, number), requestId, before, number);
      }
      await removeIfEmpty(wordsOn(requestId));
      return { records: await remove(recordAt(requestId), requestId, before), feedback };
    },
  };
}

async function numbersIn(folder: string): Promise<number[]> {
  return (await namesIn(folder)).flatMap((name) => WORD.exec(name)?.[1] ?? []).map(Number);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await ifThere(rmdir(folder));
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}
