import { METRIC_NAMESPACE } from '../../core/contract';

export interface Search {
  readonly router: string;
  readonly name: string;
  readonly statistic: string;
  readonly periodSeconds: number;
  /** Absent: the task as a whole, whichever tier answered. */
  readonly tier?: string;
  /** What tells the series apart; default the task. */
  readonly per?: 'Task' | 'Tier';
}

/** A CloudWatch search over every task, also those that no template knows. Graphs may hold one, alarms may not. */
export function searchExpression({ router, name, statistic, periodSeconds, tier, per = 'Task' }: Search): string {
  const dimensions = tier === undefined ? `Router,${per}` : 'Router,Task,Tier';
  const terms = [`MetricName="${name}"`, `Router="${router}"`, ...(tier === undefined ? [] : [`Tier="${tier}"`])];
  return `SEARCH('{${METRIC_NAMESPACE},${dimensions}} ${terms.join(' ')}', '${statistic}', ${periodSeconds})`;
}
