import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCorpus } from '../../../examples/corpus/read';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

it('reads the rows of all files in the order of their names and skips empty lines', () => {
  const folder = folderOf({ 'b.jsonl': '{"id":"3"}\n', 'a.jsonl': '{"id":"1"}\n\n{"id":"2"}', 'notes.txt': 'no row' });
  expect(readCorpus(folder).map((row) => row.id)).toEqual(['1', '2', '3']);
});

it('names file and line of what is not JSON', () => {
  const folder = folderOf({ 'a.jsonl': '{"id":"1"}\n{"id":' });
  expect(() => readCorpus(folder)).toThrow(/a\.jsonl:2: not a line of JSON/);
});
