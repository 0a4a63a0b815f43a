import { METRIC_NAMESPACE } from '../../core/contract';

export interface Search {
  readonly router: string;
  readonly name: string;
  readonly statistic: string;
  readonly periodSeconds: number;
  /** Absent: the task as a whole, whichever tier answered. */
  readonly tier?: string;
}

/** A CloudWatch search over every task, also those that no template knows. Graphs may hold one, alarms may not. */
export function searchExpression({ router, name, statistic, periodSeconds, tier }: Search): string {
  const dimensions = tier === undefined ? 'Router,Task' : 'Router,Task,Tier';
  const terms = [`MetricName="${name}"`, `Router="${router}"`, ...(tier === undefined ? [] : [`Tier="${tier}"`])];
  return `SEARCH('{${METRIC_NAMESPACE},${dimensions}} ${terms.join(' ')}', '${statistic}', ${periodSeconds})`;
}
