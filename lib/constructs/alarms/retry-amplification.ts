import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarms } from '../../core/types-policy';
import type { RouterMetrics } from '../router-metrics';
import { plainNumber } from './plain-number';

/** Square of the four standard errors by which events that come singly must exceed what is allowed. */
const STANDARD_ERRORS_SQUARED = 16;

/**
 * Calls and repeated questions for each request of a task over an hour, climbs apart: they are judged as escalations. 1 where
 * there are too few requests, or chance alone may have made the excess: n (a - limit)^2 <= z^2 (a - 1).
 */
export function retryAmplification(
  metrics: RouterMetrics,
  task: string,
  { retryAbove, minRequests }: Alarms,
): cloudwatch.MathExpression {
  const period = Duration.hours(1);
  const limit = plainNumber(retryAbove);
  const requests = metrics.metricRequests(task);
  const calls = metrics.metricWatched('RetryAmplification', { task, statistic: 'Average' });
  const isBeyondNoise = `requests * (calls - ${limit}) * (calls - ${limit}) > ${STANDARD_ERRORS_SQUARED} * (calls - 1)`;
  return new cloudwatch.MathExpression({
    expression: `IF((requests >= ${minRequests}) AND (${isBeyondNoise}), calls, 1)`,
    usingMetrics: { requests, calls },
    label: `${task}: retry amplification`,
    period,
  });
}
