import { quantiles } from '../../statistics/quantile';
import type { AnswerTable, SampleRow } from '../answer-table';

/** Means over answered calls, each row once. */
export interface CallMeans {
  readonly n: number;
  /** Of the calls whose cost is known; null where none is. */
  readonly meanCostUsd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
}

/** What answered calls to a tier used; undefined of none. In the rows' order, so that sums always round alike. */
export function callMeans(tier: string, rows: readonly SampleRow[], answers: AnswerTable): CallMeans | undefined {
  const latencies: number[] = [];
  let costUsd = 0;
  let priced = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  for (const { id } of rows) {
    const answer = answers.call(tier, id);
    if (answer === undefined || answer.failed !== undefined) continue;
    latencies.push(answer.latencyMs);
    costUsd += answer.costUsd ?? 0;
    priced += answer.costUsd === null ? 0 : 1;
    inputTokens += answer.inputTokens;
    outputTokens += answer.outputTokens;
  }
  const n = latencies.length;
  if (n === 0) return undefined;
  const [p50, p95] = quantiles(latencies, [0.5, 0.95]) as [number, number];
  return {
    n,
    meanCostUsd: priced === 0 ? null : costUsd / priced,
    inputTokens: inputTokens / n,
    outputTokens: outputTokens / n,
    latencyMs: { p50, p95 },
  };
}
