import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Alarms } from '../../core/types-policy';
import type { RouterMetrics } from '../router-metrics';
import type { AlarmFactory } from './alarm-factory';
import { plainNumber } from './plain-number';

/** The alarms on what the watch function finds. */
export interface WatchAlarms {
  /** Over a day routing saves less than the policy allows, net of everything it costs. */
  readonly netSaving: cloudwatch.Alarm;
  /** What the first tier serves of a task is worse than a higher tier's by more than the task's target allows. */
  readonly qualityShortfall: cloudwatch.Alarm;
  /** For an hour the requests of a task have not looked like those it was profiled with. */
  readonly inputDrift: cloudwatch.Alarm;
  /** For an hour a task has not been served by the tiers that its baseline intends. */
  readonly tierMix: cloudwatch.Alarm;
  /** The bill of a tier runs away from its projection. */
  readonly billDeviation: cloudwatch.Alarm;
  /** A baseline is older than the policy allows. */
  readonly baselineAge: cloudwatch.Alarm;
  /** The watch function has come to no end for a quarter of an hour. The only alarm for which silence is breaching. */
  readonly heartbeat: cloudwatch.Alarm;
}

/** What the alarms on the watch function's signals are made of. */
export interface WatchAlarmSettings {
  readonly metrics: RouterMetrics;
  readonly factory: AlarmFactory;
  readonly limits: Alarms;
  readonly tierMixAbove: number;
}

/** The watch function runs every five minutes. */
const RUNS_A_DAY = 288;

/** Of the last quarter of an hour any: a run that came late, or was ended, puts nothing for five minutes or ten. */
export const ONE_OF_THREE = { periods: 3, breaching: 1 };

/** Of the last hour nearly all: a run that came late must not hide what holds. */
const FOR_AN_HOUR = { periods: 12, breaching: 10 };

export function createWatchAlarms(scope: Construct, settings: WatchAlarmSettings): WatchAlarms {
  const { metrics, factory, limits, tierMixAbove } = settings;
  return {
    netSaving: netSaving(scope, settings),
    qualityShortfall: factory.add(scope, 'QualityShortfall', {
      kind: 'qualityShortfall',
      metric: metrics.metricQualityShortfall(),
      above: 0,
      ...ONE_OF_THREE,
    }),
    inputDrift: factory.add(scope, 'InputDrift', {
      kind: 'inputDrift',
      metric: metrics.queryHighest('InputDrift'),
      above: limits.driftAbove,
      ...FOR_AN_HOUR,
    }),
    tierMix: factory.add(scope, 'TierMix', {
      kind: 'tierMix',
      metric: metrics.queryHighest('TierMixDeviation'),
      above: tierMixAbove,
      ...FOR_AN_HOUR,
    }),
    billDeviation: factory.add(scope, 'BillDeviation', {
      kind: 'billDeviation',
      metric: metrics.queryHighest('BillDeviation'),
      above: limits.billAbove,
      ...FOR_AN_HOUR,
    }),
    baselineAge: factory.add(scope, 'BaselineAge', {
      kind: 'baselineAge',
      metric: metrics.queryHighest('BaselineAge'),
      above: limits.baselineDays,
      ...FOR_AN_HOUR,
    }),
    heartbeat: factory.add(scope, 'WatchHeartbeat', {
      kind: 'watchHeartbeat',
      metric: metrics.metricWatchHeartbeat(),
      below: 1,
      periods: 3,
      isSilenceBreaching: true,
    }),
  };
}

/**
 * A day's saving, of readings for five minutes each: nights, and GPUs that idle in them, are part of it. The average times
 * the readings of a day is their sum, and stays it where a reading was put twice. Half a day must be known.
 */
function netSaving(scope: Construct, { metrics, factory, limits }: WatchAlarmSettings): cloudwatch.Alarm {
  const period = Duration.days(1);
  const below = plainNumber(limits.netSavingBelow);
  return factory.add(scope, 'NetSaving', {
    kind: 'netSaving',
    metric: new cloudwatch.MathExpression({
      expression: `IF(readings >= ${RUNS_A_DAY / 2}, saving * ${RUNS_A_DAY}, ${below})`,
      usingMetrics: {
        saving: metrics.metricWatched('NetSavingUsd', { statistic: 'Average' }),
        readings: metrics.metricWatched('NetSavingUsd', { statistic: 'SampleCount' }),
      },
      label: 'net saving, USD a day',
      period,
    }),
    below: limits.netSavingBelow,
  });
}
