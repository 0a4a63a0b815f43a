import { hashShare } from '../../statistics/hash-share';
import { isAdversarial } from '../answer-table';
import type { CorpusIndex } from './corpus-index';

/** So many rows of a task tell whether more than one in ten of its verdicts flips; more would cost more than they tell. */
const ROWS_PER_TASK = 30;

/** The rows that are asked several times: as many of each task, drawn by lot, the same for the same seed. */
export function repeatedRows({ tasks }: CorpusIndex, seed: number): ReadonlySet<number> {
  const drawn = [...tasks.values()].flatMap((rows) =>
    rows
      .filter((row) => !isAdversarial(row))
      .map(({ id, index }) => ({ index, lot: hashShare(`stability ${seed} ${id}`) }))
      .sort((one, other) => one.lot - other.lot)
      .slice(0, ROWS_PER_TASK),
  );
  return new Set(drawn.map(({ index }) => index));
}
