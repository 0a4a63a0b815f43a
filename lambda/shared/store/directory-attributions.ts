import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attribution } from '../../../lib/core/types';
import { createExclusively, ifThere, readIfThere, touch } from './exclusive-file';
import { dayOf, pageLimit, pageOf, positionOf, requestIdAt } from './page';
import type { AttributionFilter, AttributionStore } from './port';

/**
 * Records in a folder: `requests/<shard>/<id>.json` holds the record, and `days/<day>/<task>/<time>#<id>` is an empty file
 * that finds it. The record comes first, so a crash between the two is mended when the record is written again.
 */
export function directoryAttributions(folder: string): AttributionStore {
  const pathOf = (requestId: string) => join(folder, 'requests', shardOf(requestId), `${fileNameOf(requestId)}.json`);
  const dayFolder = (day: string) => join(folder, 'days', fileNameOf(day));

  async function get(requestId: string): Promise<Attribution | undefined> {
    const text = await readIfThere(pathOf(requestId));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async function positions({ task, day, after }: AttributionFilter): Promise<string[]> {
    const tasks = task === undefined ? await namesIn(dayFolder(day)) : [fileNameOf(task)];
    const names = await Promise.all(tasks.map((name) => namesIn(join(dayFolder(day), name))));
    return names
      .flat()
      .map(decodeURIComponent)
      .filter((position) => after === undefined || position > after)
      .sort();
  }

  return {
    get,

    async put(record) {
      const stored = await createExclusively(pathOf(record.requestId), JSON.stringify(record));
      const kept = stored ? record : ((await get(record.requestId)) ?? record);
      const place = join(dayFolder(dayOf(kept)), fileNameOf(kept.task), fileNameOf(positionOf(kept)));
      await touch(place);
      return stored ? 'stored' : 'duplicate';
    },

    async list(filter) {
      const limit = pageLimit(filter);
      const wanted = (await positions(filter)).slice(0, limit + 1);
      const records = await Promise.all(wanted.map((position) => get(requestIdAt(position))));
      return pageOf(
        records.filter((record) => record !== undefined),
        limit,
      );
    },
  };
}

/** Without the drafts of files that are being made. */
async function namesIn(folder: string): Promise<string[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names.filter((name) => !name.startsWith('.'));
}

/** Any text as the name of a file or folder; no dots, so that it is never hidden nor the folder above. */
function fileNameOf(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E').replaceAll('*', '%2A');
}

/** Spreads the files over 256 folders: some file systems are slow with very many in one. */
function shardOf(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 2);
}
