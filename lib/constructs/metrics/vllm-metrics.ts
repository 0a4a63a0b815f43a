import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** What alarms and dashboards need of a tier that runs vLLM. */
export interface IVllmMetrics {
  /** Requests that wait, on average over replicas. */
  metricWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Requests that run, on average over replicas. */
  metricRunning(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Share of the KV cache in use, from 0 to 1. */
  metricKvCache(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
