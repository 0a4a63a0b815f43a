import type { ErasureTrace } from '../../../lambda/shared/store/erasure-port';
import { whole } from '../../../lib/core/figures';
import { table } from '../command';
import { plain } from '../plain';
import { momentText } from '../report/figures';

/** The erasures of a store, newest first. */
export function describeTraces(traces: readonly ErasureTrace[], place: string): string {
  if (traces.length === 0) return `Nobody was erased from ${place} yet.`;
  return table([
    ['begun', 'ended', 'by', 'records', 'keys', 'left', 'reason'],
    ...traces.map(({ startedAt, finishedAt, author, deleted, remaining, reason = '' }) => [
      momentText(startedAt),
      finishedAt === undefined ? 'not yet, or cut off' : momentText(finishedAt),
      plain(author),
      whole(deleted?.records ?? 0),
      whole(deleted?.keys ?? 0),
      whole((remaining?.records ?? 0) + (remaining?.feedback ?? 0)),
      plain(reason),
    ]),
  ]);
}
