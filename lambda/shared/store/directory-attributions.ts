import { DOCUMENT_SCHEMA } from '../../../lib/core/contract';
import type { Attribution } from '../../../lib/core/types';
import type { ArrivedFeedback, AttributionStore } from './attribution-port';
import { type ArrivalEntry, directoryArrivals } from './directory-arrivals';
import { directoryPlaces, type KeptRecord, type KeptWord } from './directory-places';
import { createExclusively, readIfThere } from './exclusive-file';
import { inBatches } from './in-batches';
import { parseFile } from './parse-file';
import { beginningOf, stretchAt } from './stretch';
import { feedbackIn, lastInRow, type Words } from './words';

/** Files that are open at once to read a page. */
const READ_AT_ONCE = 32;

/**
 * Records in a folder: `requests/<shard>/<id>.json`, and words on them as `feedback/<shard>/<id>/<number>.json`. The index
 * of arrivals is written before: nothing is ever there that it does not lead to.
 */
export function directoryAttributions(folder: string, nowMs: () => number): AttributionStore {
  const { arrived: index, recordAt, wordAt } = directoryPlaces(folder);
  const arrivals = directoryArrivals(index);
  const readRecord = (requestId: string) => readKept<KeptRecord>(recordAt(requestId));
  const readWord = (requestId: string, number: number) => readKept<KeptWord>(wordAt(requestId, number));

  async function create(path: string, entry: ArrivalEntry, content: object): Promise<boolean> {
    const arrived = stretchAt('minute', nowMs());
    await arrivals.mark(arrived, entry);
    return createExclusively(path, JSON.stringify(Object.assign({ schema: DOCUMENT_SCHEMA, arrived }, content)));
  }

  const words: Words = {
    last: (requestId) => lastInRow(async (number) => (await readWord(requestId, number))?.feedback),
    add: (number, word) => {
      const { requestId } = word.feedback;
      return create(wordAt(requestId, number), { requestId, word: number }, word);
    },
  };

  return {
    async put(record) {
      const { requestId } = record;
      if ((await readRecord(requestId)) !== undefined) return 'duplicate';
      return (await create(recordAt(requestId), { requestId }, { record })) ? 'stored' : 'duplicate';
    },

    get: async (requestId) => (await readRecord(requestId))?.record,

    ...feedbackIn(words),

    async arrived(minute, after) {
      beginningOf('minute', minute);
      const { entries, next } = await arrivals.page(minute, after);
      const records: Attribution[] = [];
      const feedback: ArrivedFeedback[] = [];
      await inBatches(entries, READ_AT_ONCE, async ({ requestId, word }) => {
        if (word === undefined) {
          const kept = await readRecord(requestId);
          if (kept?.arrived === minute) records.push(kept.record);
        } else {
          const kept = await readWord(requestId, word);
          if (kept?.arrived === minute) feedback.push(wordOf(kept));
        }
      });
      return { records, feedback, ...(next !== undefined && { next }) };
    },
  };
}

async function readKept<Kept>(path: string): Promise<Kept | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : parseFile(path, text, 'put it back from a backup, or delete it');
}

function wordOf({ feedback, replaced }: KeptWord): ArrivedFeedback {
  return replaced === undefined ? { feedback } : { feedback, replaced };
}
