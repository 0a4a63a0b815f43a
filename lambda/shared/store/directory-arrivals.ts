import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere, namesIn, touch } from './exclusive-file';
import { noPageToken } from './page-token';
import { plainFileName, textOfFileName } from './plain-file-name';

/** What came, as an empty file's name says it: a record, or a word of feedback by its number. */
export interface ArrivalEntry {
  readonly requestId: string;
  readonly word?: number;
}

export interface DirectoryArrivals {
  mark(minute: string, entry: ArrivalEntry): Promise<void>;
  unmark(minute: string, entry: ArrivalEntry): Promise<void>;
  /** The first day on which anything came. */
  oldestDay(): Promise<string | undefined>;
  page(minute: string, after?: string): Promise<{ readonly entries: readonly ArrivalEntry[]; readonly next?: string }>;
}

const PAGE_SIZE = 500;
const RECORD = 'record#';
const WORD = /^word#(\d+)#/;

/**
 * An index of empty files, `<day>/<minute>/<entry>`. An entry says that something may have come then: whoever follows it
 * looks whether the thing is there and names the same minute.
 */
export function directoryArrivals(folder: string): DirectoryArrivals {
  const folderOf = (minute: string) => {
    const [day = '', time = ''] = minute.split('T');
    return join(folder, plainFileName(day), plainFileName(time));
  };

  return {
    mark: (minute, entry) => touch(join(folderOf(minute), nameOf(entry))),

    async unmark(minute, entry) {
      await ifThere(unlink(join(folderOf(minute), nameOf(entry))));
    },

    async oldestDay() {
      const [oldest] = (await namesIn(folder)).sort();
      return oldest === undefined ? undefined : textOfFileName(oldest);
    },

    async page(minute, after) {
      if (after !== undefined && entryOf(after) === undefined) throw noPageToken(after);
      const names = (await namesIn(folderOf(minute))).sort().filter((name) => after === undefined || name > after);
      const page = names.slice(0, PAGE_SIZE);
      const entries = page.map(entryOf).filter((entry) => entry !== undefined);
      const last = page.at(-1);
      return names.length > PAGE_SIZE && last !== undefined ? { entries, next: last } : { entries };
    },
  };
}

function nameOf({ requestId, word }: ArrivalEntry): string {
  return plainFileName((word === undefined ? RECORD : `word#${word}#`) + requestId);
}

/** Undefined for a name that is no entry's. */
function entryOf(name: string): ArrivalEntry | undefined {
  const text = textOfFileName(name) ?? '';
  if (text.startsWith(RECORD)) return { requestId: text.slice(RECORD.length) };
  const [prefix, word] = WORD.exec(text) ?? [];
  return prefix === undefined ? undefined : { requestId: text.slice(prefix.length), word: Number(word) };
}
