import { counted, shortPercent } from '../../../figures';
import type { Policy, Task } from '../../../types-policy';
import { rowsNeeded } from '../../statistics/sample-size';
import { ordinaryRows } from '../answer-table';
import { riskOf } from '../certify';
import type { CorpusIndex, IndexedRow } from './corpus-index';

/** A share may be off by so much, or by so much of itself, before it is said. */
const SLACK = 0.02;
const RELATIVE_SLACK = 0.25;

/** What a user should know of a corpus before paying for its answers. */
export function corpusWarnings(policy: Policy, { tasks, repeated, misspelt }: CorpusIndex): string[] {
  const missing = Object.keys(policy.tasks).filter((task) => !tasks.has(task));
  return [
    ...(missing.length > 0 ? [`no rows, so left out: ${missing.join(', ')}`] : []),
    ...[...tasks].flatMap(([task, rows]) => sampleWarnings(policy.tasks[task] as Task, rows)),
    ...[...repeated].map(([task, rows]) => repeatedWarning(task, rows)),
    ...mixWarnings(policy, tasks),
    ...misspelt.map(
      ({ given, meant, rows, place }) =>
        `${place}: ${JSON.stringify(given)} is read of no row, and ${counted(rows, 'row')} ${rows === 1 ? 'has' : 'have'} it; did you mean "${meant}"?`,
    ),
  ];
}

function sampleWarnings({ id, target }: Task, rows: readonly IndexedRow[]): string[] {
  const ordinary = ordinaryRows(rows);
  const risk = riskOf(target.passRate);
  const least = risk > 0 ? rowsNeeded(0, risk, target.confidence) : null;
  const warnings: string[] = [];
  if (least !== null && ordinary.length < least) {
    warnings.push(
      `${id}: ${ordinary.length} rows are too few to certify anything; ${least} without a failure are the least for ` +
        `${shortPercent(risk, 1)} at ${shortPercent(target.confidence, 1)}`,
    );
  }
  const weights = new Set(ordinary.map(({ weight }) => weight));
  if (weights.size > 1) warnings.push(`${id}: weights differ within the task, which makes its bounds wider`);
  return warnings;
}

function repeatedWarning(task: string, rows: number): string {
  const have = rows === 1 ? '1 row has' : `${counted(rows, 'row')} have`;
  return `${task}: ${have} the very prompt of another; rows of one prompt count as one that fails if any does, which makes its bounds wider`;
}

/** The sample's mix against the declared one, both over the tasks that have rows and a declared weight. */
function mixWarnings(policy: Policy, tasks: CorpusIndex['tasks']): string[] {
  const declared = [...tasks.keys()].flatMap((id) => {
    const { weight } = policy.tasks[id] as Task;
    return weight === undefined ? [] : [{ id, weight }];
  });
  const declaredWeight = declared.reduce((sum, { weight }) => sum + weight, 0);
  const sampled = declared.map(({ id }) => weightOf(tasks.get(id) ?? []));
  const sampledWeight = sampled.reduce((sum, weight) => sum + weight, 0);
  if (declaredWeight === 0 || sampledWeight === 0) return [];
  return declared.flatMap(({ id, weight }, index) => {
    const wanted = weight / declaredWeight;
    const found = (sampled[index] as number) / sampledWeight;
    if (Math.abs(found - wanted) <= Math.max(SLACK, RELATIVE_SLACK * wanted)) return [];
    return [
      `${id}: ${shortPercent(found, 1)} of the sample by weight, ${shortPercent(wanted, 1)} of the declared traffic`,
    ];
  });
}

function weightOf(rows: readonly IndexedRow[]): number {
  return rows.reduce((sum, { weight }) => sum + weight, 0);
}
