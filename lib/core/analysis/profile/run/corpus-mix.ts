import { ordinaryRows } from '../answer-table';
import type { CorpusIndex } from './corpus-index';

/** Each task's share of the sample: by the weight of its rows that are drawn from the traffic. */
export function corpusMix(tasks: CorpusIndex['tasks']): Readonly<Record<string, number>> {
  const weights = [...tasks].map(
    ([id, rows]) => [id, ordinaryRows(rows).reduce((sum, { weight }) => sum + weight, 0)] as const,
  );
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(weights.map(([id, weight]) => [id, all === 0 ? 0 : weight / all]));
}
