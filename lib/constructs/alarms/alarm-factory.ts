import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type AlarmKind, describeAlarm, RUNBOOK } from './runbook';

export interface AlarmFactoryOptions {
  /** Told of what cannot wait, and of its end. */
  readonly topic?: sns.ITopic;
  /** Told of what can wait for the morning. Default `topic`. */
  readonly warningTopic?: sns.ITopic;
  readonly namePrefix?: string;
  readonly runbookUrl?: string;
}

/** Breaching is what lies above the one, or below the other. */
type Limit = { readonly above: number } | { readonly below: number };

export type AlarmSettings = Limit & {
  readonly kind: AlarmKind;
  /** What the alarm is about: a task, a tier or a table. */
  readonly subject?: string;
  readonly metric: cloudwatch.IMetric;
  /** Periods that must breach one after the other. Default 1. */
  readonly periods?: number;
  /** How many of them must, where not all. */
  readonly breaching?: number;
  /** A percentile of a few values is no percentile: leaves the alarm as it is. */
  readonly isPercentile?: boolean;
  /** For what must never be silent. */
  readonly isSilenceBreaching?: boolean;
};

/** Makes every alarm alike: silence is not breaching unless said so, a runbook line, a topic by its urgency. */
export class AlarmFactory {
  /** All alarms made so far. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  public constructor(private readonly options: AlarmFactoryOptions = {}) {}

  public add(scope: Construct, id: string, settings: AlarmSettings): cloudwatch.Alarm {
    const {
      kind,
      subject,
      metric,
      periods = 1,
      breaching,
      isPercentile = false,
      isSilenceBreaching = false,
    } = settings;
    const { namePrefix, runbookUrl } = this.options;
    const { TreatMissingData } = cloudwatch;
    const alarm = new cloudwatch.Alarm(scope, id, {
      metric,
      ...breachingBeyond(settings),
      evaluationPeriods: periods,
      ...(breaching !== undefined && { datapointsToAlarm: breaching }),
      treatMissingData: isSilenceBreaching ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: describeAlarm(kind, subject, runbookUrl),
      ...(isPercentile && { evaluateLowSampleCountPercentile: 'ignore' }),
      ...(namePrefix !== undefined && { alarmName: nameOf(namePrefix, id, subject) }),
    });
    this.tell(alarm, kind);
    this.alarms.push(alarm);
    return alarm;
  }

  private tell(alarm: cloudwatch.Alarm, kind: AlarmKind): void {
    const { topic, warningTopic = topic } = this.options;
    const told = RUNBOOK[kind].urgency === 'warning' ? warningTopic : topic;
    if (told === undefined) return;
    alarm.addAlarmAction(new SnsAction(told));
    alarm.addOkAction(new SnsAction(told));
  }
}

function breachingBeyond(limit: Limit): Pick<cloudwatch.AlarmProps, 'threshold' | 'comparisonOperator'> {
  const { ComparisonOperator } = cloudwatch;
  return 'above' in limit
    ? { threshold: limit.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
    : { threshold: limit.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
}

function nameOf(prefix: string, id: string, subject: string | undefined): string {
  const parts = subject === undefined || Token.isUnresolved(subject) ? [prefix, id] : [prefix, subject, id];
  return parts.join('-');
}
