import type { Attribution } from '../types';

/** Which stack the requests went through, where it was booted from a template. */
export interface StackSummary {
  readonly template: string;
  readonly resources: number;
  readonly tables: readonly string[];
  readonly function: string;
}

/** One request as its client saw it. */
export interface ServedRow {
  readonly requestId: string;
  readonly task: string;
  /** Whether the answer was what the corpus expects; undefined where there was none. */
  readonly passed?: boolean;
}

export interface TaskReport {
  readonly requests: number;
  readonly escalations: number;
  /** Share of the answers that pass the task's oracles; 0 to 1. */
  readonly passRate: number;
  readonly costUsd: number;
}

/** What a batch of requests was served with and what it cost. Escalations count as the production signal counts them. */
export interface RoutingReport {
  readonly requests: number;
  readonly failures: number;
  readonly byTier: Readonly<Record<string, number>>;
  readonly escalations: number;
  readonly costUsd: number;
  readonly frontierCostUsd: number;
  readonly routingCostUsd: number;
  readonly netSavingUsd: number;
  /** Net saving as a share of what the frontier alone would have cost. */
  readonly savingShare: number;
  readonly byTask: Readonly<Record<string, TaskReport>>;
  readonly stack: StackSummary | null;
}

/** Adds up what the attribution records say of these requests. A request without a record, or without an answer, failed. */
export function routingReport(
  rows: readonly ServedRow[],
  records: ReadonlyMap<string, Attribution>,
  tiers: readonly string[],
  stack: StackSummary | null,
): RoutingReport {
  const known = rows.flatMap((row) => records.get(row.requestId) ?? []);
  const costUsd = sum(known.map((record) => record.costUsd));
  const frontierCostUsd = sum(known.map((record) => record.frontierCostUsd));
  const routingCostUsd = sum(known.map((record) => record.routingCostUsd));
  const netSavingUsd = frontierCostUsd - costUsd - routingCostUsd;
  return {
    requests: rows.length,
    failures: rows.filter((row) => row.passed === undefined || !records.has(row.requestId)).length,
    byTier: Object.fromEntries(tiers.map((tier) => [tier, known.filter((record) => record.tier === tier).length])),
    escalations: sum(known.map(escalationsOf)),
    costUsd,
    frontierCostUsd,
    routingCostUsd,
    netSavingUsd,
    savingShare: frontierCostUsd === 0 ? 0 : netSavingUsd / frontierCostUsd,
    byTask: byTask(rows, records),
    stack,
  };
}

function byTask(rows: readonly ServedRow[], records: ReadonlyMap<string, Attribution>): Record<string, TaskReport> {
  const tasks = [...new Set(rows.map(({ task }) => task))].sort();
  return Object.fromEntries(
    tasks.map((task) => {
      const mine = rows.filter((row) => row.task === task);
      const known = mine.flatMap((row) => records.get(row.requestId) ?? []);
      return [
        task,
        {
          requests: mine.length,
          escalations: sum(known.map(escalationsOf)),
          passRate: mine.filter(({ passed }) => passed === true).length / mine.length,
          costUsd: sum(known.map((record) => record.costUsd)),
        },
      ];
    }),
  );
}

/** Answered above the ladder's first tier, by decision or by climb: 0 or 1. */
function escalationsOf({ upRouted, escalated }: Attribution): number {
  return upRouted + escalated;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
