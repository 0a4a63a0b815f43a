import { Duration } from 'aws-cdk-lib';
import { type AdjustmentTier, AdjustmentType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Ec2Service, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { VllmSchedule } from './props';

/** How many replicas there may be. */
export interface Replicas {
  readonly min: number;
  readonly max: number;
}

interface ScalingOptions {
  readonly replicas: Replicas;
  readonly schedules: VllmSchedule[];
  /** Waiting requests of a replica, on average. */
  readonly waiting: IMetric;
  /** Requests a replica works on, on average. */
  readonly running: IMetric;
  /** Requests refused for want of a replica, per minute. */
  readonly refused: IMetric;
  readonly scaleOutWaiting: number;
  readonly maxRunning: number;
  /** How long a new replica takes until it relieves the others. */
  readonly loadTime: Duration;
}

/** Share of its slots below which a replica is one too many: at 0.3, two replicas become one that is filled to 0.6. */
const IDLE_SHARE = 0.3;
/** Minutes of waiting that start a replica, and of idleness that end one. */
const OUT_MINUTES = 2;
const IN_MINUTES = 15;

/**
 * Fast out, slow in: a replica takes minutes to load, so it is started at the first sign of a queue and given up late.
 * While it loads, a further one is started only where the queue grows to twice the limit.
 */
export function scaleReplicas(service: Ec2Service, options: ScalingOptions): void {
  const { replicas, schedules } = options;
  const count = service.autoScaleTaskCount({ minCapacity: replicas.min, maxCapacity: replicas.max });
  growOnQueue(count, options);
  if (replicas.min === 0) sleepInSilence(count, options);
  else shrinkWhenIdle(count, options);
  wakeOnRefusal(count, options);
  for (const [index, { schedule, minReplicas, maxReplicas, timeZone }] of schedules.entries())
    count.scaleOnSchedule(`Schedule${index}`, {
      schedule,
      ...(minReplicas !== undefined && { minCapacity: minReplicas }),
      ...(maxReplicas !== undefined && { maxCapacity: maxReplicas }),
      ...(timeZone && { timeZone }),
    });
}

/** The most replicas there may ever be. */
export function mostReplicas({ max }: Replicas, schedules: VllmSchedule[]): number {
  return Math.max(max, ...schedules.map(({ minReplicas = 0, maxReplicas = 0 }) => Math.max(minReplicas, maxReplicas)));
}

function growOnQueue(count: ScalableTaskCount, { waiting, scaleOutWaiting, loadTime }: ScalingOptions): void {
  addRule(count, 'GrowOnQueue', {
    why: 'Requests wait at the replicas: start another',
    metric: waiting,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: scaleOutWaiting,
    minutes: OUT_MINUTES,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    steps: [
      { adjustment: 1, lowerBound: 0, upperBound: scaleOutWaiting },
      { adjustment: 2, lowerBound: scaleOutWaiting },
    ],
    cooldown: loadTime,
  });
}

function shrinkWhenIdle(count: ScalableTaskCount, options: ScalingOptions): void {
  addRule(count, 'ShrinkWhenIdle', {
    why: 'Replicas are mostly idle: end one',
    metric: loadOf(options),
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: IDLE_SHARE * options.maxRunning,
    minutes: IN_MINUTES,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    steps: [{ adjustment: -1, upperBound: 0 }],
    cooldown: Duration.minutes(IN_MINUTES),
  });
}

function sleepInSilence(count: ScalableTaskCount, options: ScalingOptions): void {
  addRule(count, 'SleepInSilence', {
    why: 'Nobody asks: end all replicas',
    metric: loadOf(options),
    comparison: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 0,
    minutes: IN_MINUTES,
    adjustmentType: AdjustmentType.EXACT_CAPACITY,
    steps: [{ adjustment: 0, upperBound: 0 }],
    cooldown: Duration.minutes(IN_MINUTES),
  });
}

/**
 * Without a replica the load balancer refuses requests itself, and nothing else tells that somebody asked. So it is where a
 * tier sleeps, and where it was deployed asleep: ECS minds the least number only when something scales.
 */
function wakeOnRefusal(count: ScalableTaskCount, { refused, loadTime }: ScalingOptions): void {
  addRule(count, 'WakeOnRefusal', {
    why: 'A request found no replica: start one',
    metric: refused,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    minutes: 1,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    steps: [{ adjustment: 1, lowerBound: 0 }],
    cooldown: loadTime,
  });
}

interface Rule {
  readonly why: string;
  readonly metric: IMetric;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  readonly minutes: number;
  readonly adjustmentType: AdjustmentType;
  /** Bounds relative to the threshold. */
  readonly steps: AdjustmentTier[];
  readonly cooldown: Duration;
}

function addRule(count: ScalableTaskCount, id: string, rule: Rule): void {
  const { metric, threshold, adjustmentType, cooldown } = rule;
  const action = new StepScalingAction(count, id, { scalingTarget: count, adjustmentType, cooldown });
  for (const step of rule.steps) action.addAdjustment(step);
  const alarm = new Alarm(count, `${id}Alarm`, {
    alarmDescription: rule.why,
    metric,
    comparisonOperator: rule.comparison,
    threshold,
    evaluationPeriods: rule.minutes,
    // Without replicas nothing is measured, and without refusals none are counted.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new ApplicationScalingAction(action));
}

/** Requests at a replica, on average, whether it works on them or not yet. */
function loadOf({ running, waiting }: ScalingOptions): IMetric {
  return new MathExpression({
    expression: 'running + waiting',
    usingMetrics: { running, waiting },
    label: 'Requests at a replica',
    period: Duration.minutes(1),
  });
}
