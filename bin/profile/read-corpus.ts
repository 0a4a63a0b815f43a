import { createHash } from 'node:crypto';
import { type CorpusFault, type CorpusIndex, CorpusReader } from '../../lib/core/analysis/profile/run/corpus-index';
import type { Policy } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';
import { linesOf } from './corpus-files';

/** Six bytes: a number that JavaScript holds exactly, and more than enough to tell a changed row. */
const DIGEST_BYTES = 6;

/** Reads the whole corpus before anything is paid for: its index, or every fault of it at once. */
export async function readCorpus(files: readonly string[], policy: Policy): Promise<CorpusIndex> {
  const reader = new CorpusReader(policy, digest);
  for await (const { text, place } of linesOf(files)) reader.add(text, place);
  if (reader.faults.length > 0) throw faultsError(reader.faults);
  const index = reader.index();
  if (index.rows.length === 0) throw new UserError(`${files.join(', ')}: the corpus has no rows.`);
  return index;
}

export function digest(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, DIGEST_BYTES);
}

export function faultsError(faults: readonly CorpusFault[]): UserError {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map(({ place, message }) => `  ${place}: ${message}`);
  return new UserError(`The corpus has ${count}; nothing was asked:\n${lines.join('\n')}`, { faults });
}
