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
  /**
   * What is compared with where a baseline was published within the period: the mean of them, which the rate of a period of
   * two baselines should have, or the one that allows most. Of a period in part without one, that is none.
   */
  readonly mixed: 'mean' | 'most-allowing';
}

/** How far a task's escalation rate lies beyond its limit, as metric math over what the router emits. */
export function escalationExcess(settings: EscalationSettings): cloudwatch.MathExpression {
  const { metrics, task, limits, direction, period } = settings;
  const options = { statistic: statisticOf(settings) };
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
    usingMetrics: { rate, baseline: metrics.metricBaselineEscalationRate(task, options) },
    label: 'deviation from the baseline',
    period,
  });
  const bound: Record<string, cloudwatch.IMetric> =
    direction === 'above'
      ? { high: metrics.metricBaselineEscalationHigh(task, options) }
      : { low: metrics.metricBaselineEscalationLow(task, options) };
  const known = metrics.metricBaselineEscalationRate(task, { statistic: cloudwatch.Stats.SAMPLE_COUNT });
  const isOfAll = settings.mixed === 'most-allowing';
  return new cloudwatch.MathExpression({
    expression: isOfAll ? whereKnown(expressions.excess) : expressions.excess,
    usingMetrics: { requests, rate, deviation, ...bound, ...(isOfAll && { known }) },
    label: `${task}: excess ${direction} the baseline`,
    period,
  });
}

/**
 * A request that came without a baseline is held to none: to no first one that was published later in the period, and to
 * none that has gone. Each tells its baseline; one in a hundred that does not, as of a router without its store, changes nothing.
 */
function whereKnown(excess: string): string {
  return `IF(known >= 0.99 * requests, ${excess}, 0)`;
}

function statisticOf({ direction, mixed }: EscalationSettings): string {
  if (mixed === 'mean') return cloudwatch.Stats.AVERAGE;
  return direction === 'above' ? cloudwatch.Stats.MAXIMUM : cloudwatch.Stats.MINIMUM;
}
