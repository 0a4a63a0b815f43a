import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { RouterMetrics } from '../router-metrics';
import { type EscalationLimits, escalationAbove, escalationBelow } from './escalation-expression';

export interface EscalationSettings {
  readonly metrics: RouterMetrics;
  readonly task: string;
  readonly limits: EscalationLimits;
  readonly direction: 'above' | 'below';
  readonly period: Duration;
}

/** How far a task's escalation rate lies beyond its limit, as metric math over what the router emits. */
export function escalationExcess(settings: EscalationSettings): cloudwatch.MathExpression {
  const { metrics, task, limits, direction, period } = settings;
  const expressions = direction === 'above' ? escalationAbove(limits) : escalationBelow(limits);
  const requests = metrics.metricRequests(task);
  const rate = new cloudwatch.MathExpression({
    expression: expressions.rate,
    usingMetrics: { requests, upRoutes: metrics.metricUpRoutes(task), escalations: metrics.metricEscalations(task) },
    label: 'escalation rate',
    period,
  });
  const deviation = new cloudwatch.MathExpression({
    expression: expressions.deviation,
    usingMetrics: { rate, baseline: metrics.metricBaselineEscalationRate(task) },
    label: 'deviation from the baseline',
    period,
  });
  const bound: Record<string, cloudwatch.IMetric> =
    direction === 'above'
      ? { high: metrics.metricBaselineEscalationHigh(task) }
      : { low: metrics.metricBaselineEscalationLow(task) };
  return new cloudwatch.MathExpression({
    expression: expressions.excess,
    usingMetrics: { requests, rate, deviation, ...bound },
    label: `${task}: excess ${direction} the baseline`,
    period,
  });
}
