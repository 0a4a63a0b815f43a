import type { Task } from '../../types-policy';
import type { AnswerTable, SampleRow } from './answer-table';

/** Where a task's requests begin, and when they climb. */
export interface ServePlan {
  readonly ladder: readonly string[];
  readonly route: Task['route'];
  readonly start: string;
  /** On `start`: answers of a lower token margin are left for the next tier. */
  readonly threshold?: number;
  /** Where a row begins instead, by a rule or another strategy of the policy. */
  readonly startOf?: (row: string) => string | undefined;
}

/** What came of a row under a plan. */
export interface ServedCorpusRow {
  readonly row: SampleRow;
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
  const { ladder, route } = plan;
  const from = ladder.indexOf(plan.startOf?.(row.id) ?? plan.start);
  let costUsd: number | null = 0;
  for (let height = from; height >= 0 && height < ladder.length; height++) {
    const tier = ladder[height] as string;
    const answer = answers.judged(tier, row.id);
    if (!answer) return undefined;
    const judgeUsd = route === 'cascade' ? answer.judgeCostUsd : 0;
    costUsd = costUsd === null || answer.costUsd === null ? null : costUsd + answer.costUsd + judgeUsd;
    const belowThreshold =
      plan.threshold !== undefined &&
      tier === plan.start &&
      (answer.margin ?? Number.NEGATIVE_INFINITY) < plan.threshold;
    const climbs = route !== 'static' && (answer.gate === false || belowThreshold);
    if (climbs && height < ladder.length - 1) continue;
    return { row, tier, pass: answer.pass, costUsd, upRouted: from > 0, escalated: from === 0 && height > 0 };
  }
  return undefined;
}
