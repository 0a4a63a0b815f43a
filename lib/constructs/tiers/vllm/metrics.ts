import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../../core/contract';

/** Dimension of a tier's metrics. Its value is the tier's own, unique within an account and region. */
export const TIER_DIMENSION = 'VllmTier';

/** Gauges of vLLM that reach CloudWatch, under the names vLLM gives them. */
export const GAUGES = {
  running: 'vllm:num_requests_running',
  waiting: 'vllm:num_requests_waiting',
  kvCache: 'vllm:kv_cache_usage_perc',
} as const;

/** A gauge of one tier. Each replica reports for itself, so that an average is one over replicas. */
export function gaugeMetric(tierName: string, metricName: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [TIER_DIMENSION]: tierName },
    statistic: 'Average',
    period: Duration.minutes(1),
    ...options,
  });
}
