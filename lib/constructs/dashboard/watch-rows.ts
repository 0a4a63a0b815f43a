import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarms } from '../../core/types-policy';
import type { RouterMetrics } from '../router-metrics';
import { type GraphSettings, graph } from './widgets';

/** What the watch function finds, a line for each task or tier, also for those that are published later. */
export function watchRows(metrics: RouterMetrics, alarms: Alarms): cloudwatch.IWidget[] {
  const each = (name: string, settings: Omit<GraphSettings, 'metrics'>) =>
    graph({ ...settings, metrics: [metrics.graphWatched(name)] });
  const limit = (value: number) => ({ limits: [{ value, label: 'alarm' }] });
  return [
    each('EscalationDeviation', {
      title: 'Escalation deviation from the baseline',
      unit: 'relative',
      isSigned: true,
      limits: [alarms.escalationAbove, alarms.escalationBelow].map((value) => ({ value, label: 'limit' })),
    }),
    each('EscalationExcess', { title: 'Escalation excess', unit: 'beyond the limit', ...limit(0) }),
    each('TierMixDeviation', { title: 'Tier mix deviation', unit: 'share of requests beyond chance' }),
    each('QualityDelta', { title: 'Quality delta', unit: 'first tier less higher tier', isSigned: true }),
    each('QualityShortfall', { title: 'Quality shortfall', unit: 'below what the target allows', ...limit(0) }),
    each('RoutingAccuracy', { title: 'Routing accuracy', unit: 'share of known routes' }),
    each('InputDrift', { title: 'Input drift', unit: 'stability index beyond chance', ...limit(alarms.driftAbove) }),
    each('RetryAmplification', { title: 'Retry amplification', unit: 'calls for each request, climbs apart' }),
    each('RoutingCostShare', { title: 'Routing cost share', unit: 'of the gross saving' }),
    each('BillDeviation', {
      title: 'Bill deviation by tier',
      unit: 'relative to the projection',
      isSigned: true,
      ...limit(alarms.billAbove),
    }),
    each('BaselineAge', { title: 'Baseline age', unit: 'days', ...limit(alarms.baselineDays) }),
    graph({ title: 'Heartbeat of the watch', metrics: [metrics.metricWatchHeartbeat()], unit: 'runs' }),
  ];
}
