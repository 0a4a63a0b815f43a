import type { ExclusionReason } from '../../types';
import type { Task } from '../../types-policy';
import type { AnswerTable, SampleRow } from './answer-table';
import type { CorpusAnswer } from './profile-document';
import { countSample } from './sample-count';

/** What a policy says of single rows. */
export interface RowGuide {
  /** Where a row begins instead: by a rule or another strategy, or because a guard keeps it from the start. */
  readonly startOf?: (row: string) => string | undefined;
  /** Tiers that guards keep the row from: no climb goes there. */
  readonly excludedFrom?: (row: string) => ReadonlyMap<string, ExclusionReason> | undefined;
}

/** Where a task's requests begin, and when they climb. */
export interface ServePlan extends RowGuide {
  readonly ladder: readonly string[];
  readonly route: Task['route'];
  readonly start: string;
  /** On `start`: answers of a lower token margin are left for the next tier. */
  readonly threshold?: number;
}

/** What came of a row under a plan. */
export interface ServedCorpusRow {
  readonly row: SampleRow;
  /** Where it began, and whose answer it got. */
  readonly start: string;
  readonly tier: string;
  readonly pass: boolean;
  /** All calls it took, judges included where they run in production; null where one of them is not known. */
  readonly costUsd: number | null;
  /** As the production signals count them: 0 or 1 each, never both. */
  readonly upRouted: boolean;
  readonly escalated: boolean;
}

/**
 * Plays a plan on recorded answers, as production would: begin, and climb while a check fails. A row is left out where an
 * answer on its way is missing, has failed, or waits for its verdict.
 */
export function serveCorpus(plan: ServePlan, rows: readonly SampleRow[], answers: AnswerTable): ServedCorpusRow[] {
  return rows.flatMap((row) => serve(plan, row, answers) ?? []);
}

function serve(plan: ServePlan, row: SampleRow, answers: AnswerTable): ServedCorpusRow | undefined {
  const start = plan.startOf?.(row.id) ?? plan.start;
  const excluded = plan.excludedFrom?.(row.id);
  const from = plan.ladder.indexOf(start);
  const way = plan.ladder.filter((tier, height) => height >= from && (tier === start || !excluded?.has(tier)));
  let costUsd: number | null = 0;
  for (const tier of from < 0 ? [] : way) {
    const answer = answers.judged(tier, row.id);
    if (!answer) return undefined;
    const judgeUsd = plan.route === 'cascade' ? answer.judgeCostUsd : 0;
    costUsd = costUsd === null || answer.costUsd === null ? null : costUsd + answer.costUsd + judgeUsd;
    if (climbs(plan, tier, answer) && tier !== way.at(-1)) continue;
    const upRouted = plan.ladder.slice(0, from).some((below) => !OUT_OF_SERVICE.has(excluded?.get(below) ?? ''));
    return { row, start, tier, pass: answer.pass, costUsd, upRouted, escalated: from === 0 && tier !== start };
  }
  return undefined;
}

/** A tier that nobody could choose is not passed over. */
const OUT_OF_SERVICE: ReadonlySet<string> = new Set(['disabled', 'retired'] satisfies ExclusionReason[]);

function climbs({ route, threshold, start }: ServePlan, tier: string, { gate, margin }: CorpusAnswer): boolean {
  if (route === 'static') return false;
  const isUnsure = threshold !== undefined && tier === start && (margin ?? Number.NEGATIVE_INFINITY) < threshold;
  return gate === false || isUnsure;
}

/** Weighted where the weights of the rows differ. */
export function shareServed(served: readonly ServedCorpusRow[], holds: (row: ServedCorpusRow) => boolean): number {
  return countSample(served.map((one) => ({ row: one.row, event: holds(one) }))).rate;
}
