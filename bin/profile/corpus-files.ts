import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CorpusRow } from '../../lib/core/analysis/profile/profile-document';
import { readRow } from '../../lib/core/analysis/profile/run/read-row';
import type { Policy } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';

export interface Line {
  readonly text: string;
  /** `file:line`, counted from 1. */
  readonly place: string;
}

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = /^\uFEFF/;

/** The file, or the `*.jsonl` files of a folder in the order of their names. */
export async function corpusFiles(name: string): Promise<readonly string[]> {
  if (name === '-') throw new UserError('--corpus -: the corpus is read several times; name a file or a folder.');
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) throw new UserError(`${name}: no such file.`);
  if (found.isFile()) return [name];
  if (!found.isDirectory())
    throw new UserError(
      `${name}: neither a file nor a folder, and the corpus is read several times; name one of these.`,
    );
  const files = (await readdir(name)).filter((file) => file.endsWith('.jsonl')).sort();
  if (files.length === 0) throw new UserError(`${name}: the folder has no *.jsonl files.`);
  return (await Promise.all(files.map((file) => corpusFiles(join(name, file))))).flat();
}

/** Lines that are not blank, one by one: of a file of any length only a part is held. */
export async function* linesOf(files: readonly string[]): AsyncGenerator<Line> {
  for (const file of files) {
    let number = 0;
    for await (const bytes of splitLines(file)) {
      number += 1;
      const text = bytes.toString('utf8').replace(BYTE_ORDER_MARK, '');
      if (text.trim() !== '') yield { text, place: `${file}:${number}` };
    }
  }
}

/** The lines of a file as bytes, without what ends them; the last one need not be ended. */
export async function* splitLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, at);
      yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The rows of a corpus in which no fault was found. */
export async function* rowsOf(files: readonly string[], policy: Policy): AsyncGenerator<CorpusRow> {
  for await (const { text, place } of linesOf(files)) {
    const read = readRow(text, policy);
    if (!read.ok) throw new UserError(`${place}: ${read.faults.join('; ')}. The corpus has changed while it was read.`);
    yield read.row;
  }
}
