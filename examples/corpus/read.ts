import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusRow } from './corpus-row';

/** Every row of the `*.jsonl` files in a folder, file by file in the order of their names. */
export function readCorpus(root: string): CorpusRow[] {
  return readdirSync(root)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readRows(join(root, name)));
}

function readRows(file: string): CorpusRow[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseRow(line, `${file}:${index + 1}`)]));
}

function parseRow(line: string, place: string): CorpusRow {
  try {
    return JSON.parse(line) as CorpusRow;
  } catch (error) {
    throw new Error(`${place}: not a line of JSON`, { cause: error });
  }
}
