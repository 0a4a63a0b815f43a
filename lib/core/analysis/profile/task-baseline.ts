import type { Baseline, DimensionName, Task } from '../../types-policy';
import { DIMENSIONS } from '../../types-policy';
import { type AnswerTable, ordinaryRows, type SampleRow } from './answer-table';
import { inputDistribution } from './input-distribution';
import type { Certification } from './profile-document';
import { countSample, rateBounds } from './sample-count';
import { type RowGuide, type ServedCorpusRow, type ServePlan, serveCorpus, shareServed } from './serve-corpus';

export type RowDimensions = Readonly<Record<DimensionName, number>>;

export interface TaskBaselineInput extends RowGuide {
  readonly task: Pick<Task, 'ladder' | 'route' | 'start'>;
  readonly certification: Certification;
  /** The task's rows; adversarial ones are left out, as production is not made of them. */
  readonly rows: readonly SampleRow[];
  readonly answers: AnswerTable;
  /** By row id. */
  readonly dimensions?: ReadonlyMap<string, RowDimensions>;
  /** ISO 8601, UTC. */
  readonly profiledAt?: string;
  /** What names the profile. */
  readonly profile?: string;
}

/** Bounds of a baseline are one-sided at this confidence, whatever the task's own is. */
const CONFIDENCE = 0.95;

/** The plan a profiled policy would follow: from the certified tier, else from the task's own start. */
export function planOf(
  task: TaskBaselineInput['task'],
  certification: Certification,
  { startOf, excludedFrom }: RowGuide = {},
): ServePlan {
  const { ladder, route, start } = task;
  const own = { ladder, route, ...(startOf && { startOf }), ...(excludedFrom && { excludedFrom }) };
  if ('refused' in certification) return { ...own, start };
  const { tier, threshold } = certification;
  return { ...own, start: tier, ...(threshold !== undefined && { threshold }) };
}

/** What the profiled policy would have done on this corpus: what production is held to. */
export function taskBaseline(input: TaskBaselineInput): Baseline {
  const rows = ordinaryRows(input.rows);
  const served = serveCorpus(planOf(input.task, input.certification, input), rows, input.answers);
  return {
    ...(served.length > 0 && measured(served, input.task.ladder)),
    ...(input.profiledAt !== undefined && { profiledAt: input.profiledAt }),
    ...(input.profile !== undefined && { profile: input.profile }),
    ...(input.dimensions && { inputs: inputsOf(rows, input.dimensions) }),
  };
}

function measured(served: readonly ServedCorpusRow[], ladder: readonly string[]): Baseline {
  const shareOf = (holds: (row: ServedCorpusRow) => boolean): number => shareServed(served, holds);
  const raised = countSample(served.map((one) => ({ row: one.row, event: one.upRouted || one.escalated })));
  const costUsd = meanCostUsd(served);
  return {
    escalationRate: raised.rate,
    upRouteRate: shareOf(({ upRouted }) => upRouted),
    climbRate: shareOf(({ escalated }) => escalated),
    ...rateBounds(raised, CONFIDENCE),
    n: served.length,
    passRate: shareOf(({ pass }) => pass),
    ...(costUsd !== undefined && { costUsd }),
    mix: Object.fromEntries(ladder.map((tier) => [tier, shareOf((one) => one.tier === tier)])),
  };
}

/** Of the rows whose cost is known. */
function meanCostUsd(served: readonly ServedCorpusRow[]): number | undefined {
  const priced = served.flatMap(({ row, costUsd }) => (costUsd === null ? [] : [{ weight: row.weight, costUsd }]));
  const weight = priced.reduce((sum, one) => sum + one.weight, 0);
  return weight === 0 ? undefined : priced.reduce((sum, one) => sum + one.weight * one.costUsd, 0) / weight;
}

function inputsOf(
  rows: readonly SampleRow[],
  dimensions: ReadonlyMap<string, RowDimensions>,
): NonNullable<Baseline['inputs']> {
  const known = rows.flatMap(({ id }) => dimensions.get(id) ?? []);
  if (known.length === 0) return {};
  return Object.fromEntries(DIMENSIONS.map((name) => [name, inputDistribution(known.map((values) => values[name]))]));
}
