import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms, Task } from '../../core/types-policy';
import type { RouterMetrics } from '../router-metrics';
import type { AlarmFactory } from './alarm-factory';
import { type EscalationSettings, escalationExcess } from './escalation-metric';
import { retryAmplification } from './retry-amplification';

/** The alarms of one task. */
export interface TaskAlarms {
  /** Escalates more than its baseline allows, in two periods of five minutes. */
  readonly escalationAboveFiveMinutes: cloudwatch.Alarm;
  /** Escalates more than its baseline allows, over a day. */
  readonly escalationAboveOneDay: cloudwatch.Alarm;
  /** Escalates less than its baseline allows, in two periods of five minutes. */
  readonly escalationBelowFiveMinutes: cloudwatch.Alarm;
  /** Escalates less than its baseline allows, over a day. */
  readonly escalationBelowOneDay: cloudwatch.Alarm;
  /** Too many answers break their JSON schema. */
  readonly schemaFailures: cloudwatch.Alarm;
  /**
   * Calls its tiers, or is asked the same again, too often for each request, by the watch function.
   *
   * @default - no alarm, where no watch function runs
   */
  readonly retryAmplification?: cloudwatch.Alarm;
  /** Too many requests move to another tier because a tier fails. */
  readonly fallbacks: cloudwatch.Alarm;
  /**
   * First content comes later than the task's latency budget.
   *
   * @default - no alarm, where the policy sets the task no latency budget
   */
  readonly timeToFirstContent?: cloudwatch.Alarm;
}

/** What the alarms of one task are made of. */
export interface TaskAlarmSettings {
  readonly metrics: RouterMetrics;
  readonly factory: AlarmFactory;
  readonly task: Task;
  readonly limits: Alarms;
  readonly fallbackRateAbove: number;
  readonly isWatched: boolean;
}

export function createTaskAlarms(parent: Construct, settings: TaskAlarmSettings): TaskAlarms {
  const scope = new Construct(parent, settings.task.id);
  const { isWatched, task } = settings;
  const { latencyBudgetMs } = task;
  return {
    ...escalationAlarms(scope, settings),
    schemaFailures: schemaFailures(scope, settings),
    ...(isWatched && { retryAmplification: amplification(scope, settings) }),
    fallbacks: fallbacks(scope, settings),
    ...(latencyBudgetMs !== undefined && { timeToFirstContent: firstContent(scope, settings, latencyBudgetMs) }),
  };
}

type EscalationAlarm =
  | 'escalationAboveFiveMinutes'
  | 'escalationAboveOneDay'
  | 'escalationBelowFiveMinutes'
  | 'escalationBelowOneDay';

type JudgedWindow = Pick<EscalationSettings, 'period' | 'mixed'> & { readonly periods: number };

const FIVE_MINUTES: JudgedWindow = { period: Duration.minutes(5), periods: 2, mixed: 'mean' };

/**
 * What a new baseline allows it allows at once: a mean would hold the day before against it for most of a day. A tightened
 * one, or the first, it judges once the day has turned; what comes by then the five minutes judge, and the watch its hour.
 */
const ONE_DAY: JudgedWindow = { period: Duration.days(1), periods: 1, mixed: 'most-allowing' };

function escalationAlarms(scope: Construct, settings: TaskAlarmSettings): Pick<TaskAlarms, EscalationAlarm> {
  const { metrics, factory, task, limits } = settings;
  const create = (direction: 'above' | 'below', window: string, { periods, ...judged }: JudgedWindow) =>
    factory.add(scope, `Escalation${direction === 'above' ? 'Above' : 'Below'}${window}`, {
      kind: direction === 'above' ? 'escalationAbove' : 'escalationBelow',
      subject: task.id,
      metric: escalationExcess({ metrics, task: task.id, limits, direction, ...judged }),
      above: 0,
      periods,
    });
  return {
    escalationAboveFiveMinutes: create('above', 'FiveMinutes', FIVE_MINUTES),
    escalationAboveOneDay: create('above', 'OneDay', ONE_DAY),
    escalationBelowFiveMinutes: create('below', 'FiveMinutes', FIVE_MINUTES),
    escalationBelowOneDay: create('below', 'OneDay', ONE_DAY),
  };
}

function schemaFailures(scope: Construct, settings: TaskAlarmSettings): cloudwatch.Alarm {
  const { metrics, factory, task, limits } = settings;
  return factory.add(scope, 'SchemaFailures', {
    kind: 'schemaFailures',
    subject: task.id,
    metric: share(settings, 'failures / answers', {
      failures: metrics.metricSchemaFailures(task.id),
      answers: metrics.metricUpstreamAttempts(task.id),
    }),
    above: limits.schemaFailureAbove,
    periods: 2,
  });
}

function amplification(scope: Construct, settings: TaskAlarmSettings): cloudwatch.Alarm {
  const { metrics, factory, task, limits } = settings;
  return factory.add(scope, 'RetryAmplification', {
    kind: 'retryAmplification',
    subject: task.id,
    metric: retryAmplification(metrics, task.id, limits),
    above: limits.retryAbove,
  });
}

function fallbacks(scope: Construct, settings: TaskAlarmSettings): cloudwatch.Alarm {
  const { metrics, factory, task, fallbackRateAbove } = settings;
  return factory.add(scope, 'Fallbacks', {
    kind: 'fallbacks',
    subject: task.id,
    metric: share(settings, 'fallbacks / requests', { fallbacks: metrics.metricFallbacks(task.id) }),
    above: fallbackRateAbove,
    periods: 2,
  });
}

function firstContent(scope: Construct, settings: TaskAlarmSettings, latencyBudgetMs: number): cloudwatch.Alarm {
  const { metrics, factory, task } = settings;
  return factory.add(scope, 'TimeToFirstContent', {
    kind: 'timeToFirstContent',
    subject: task.id,
    metric: metrics.metricTimeToFirstContent(task.id),
    above: latencyBudgetMs,
    periods: 3,
    isPercentile: true,
  });
}

/** A share that counts only once there are requests enough to speak of one. */
function share(
  { metrics, task, limits }: TaskAlarmSettings,
  of: string,
  usingMetrics: Record<string, cloudwatch.IMetric>,
): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `IF(requests >= ${limits.minRequests}, ${of}, 0)`,
    usingMetrics: { requests: metrics.metricRequests(task.id), ...usingMetrics },
    label: `${task.id}: ${of}`,
  });
}
