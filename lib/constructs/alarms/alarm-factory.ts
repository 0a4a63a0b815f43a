import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type AlarmKind, describeAlarm } from './runbook';

export interface AlarmSettings {
  readonly kind: AlarmKind;
  /** What the alarm is about: a task, a tier or a table. */
  readonly subject?: string;
  readonly metric: cloudwatch.IMetric;
  /** Breaching is what lies above. */
  readonly above: number;
  /** Periods that must breach one after the other. Default 1. */
  readonly periods?: number;
  /** A percentile of a few values is no percentile: leaves the alarm as it is. */
  readonly isPercentile?: boolean;
}

/** Makes every alarm alike: silence is not breaching, a runbook line, one topic. */
export class AlarmFactory {
  /** All alarms made so far. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  public constructor(
    private readonly topic?: sns.ITopic,
    private readonly namePrefix?: string,
  ) {}

  public add(scope: Construct, id: string, settings: AlarmSettings): cloudwatch.Alarm {
    const { kind, subject, metric, above, periods = 1, isPercentile = false } = settings;
    const alarm = new cloudwatch.Alarm(scope, id, {
      metric,
      threshold: above,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: describeAlarm(kind, subject),
      ...(isPercentile && { evaluateLowSampleCountPercentile: 'ignore' }),
      ...(this.namePrefix !== undefined && { alarmName: nameOf(this.namePrefix, id, subject) }),
    });
    if (this.topic !== undefined) {
      alarm.addAlarmAction(new SnsAction(this.topic));
      alarm.addOkAction(new SnsAction(this.topic));
    }
    this.alarms.push(alarm);
    return alarm;
  }
}

function nameOf(prefix: string, id: string, subject: string | undefined): string {
  const parts = subject === undefined || Token.isUnresolved(subject) ? [prefix, id] : [prefix, subject, id];
  return parts.join('-');
}
