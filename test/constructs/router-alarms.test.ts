import { Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { RUNBOOK } from '../../lib/constructs/alarms/runbook';
import type { IVllmMetrics } from '../../lib/constructs/metrics/vllm-metrics';
import { RouterAlarms, type RouterAlarmsProps } from '../../lib/constructs/router-alarms';
import { RouterApi } from '../../lib/constructs/router-api';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { RouterTables } from '../../lib/constructs/router-tables';
import { evaluateAll, type Value, type Values } from '../fixtures/metric-math';
import { aPolicySource } from './a-policy';
import { aFunction, aStack, resources } from './a-stack';
import { metricsOfExpression, neverEmitted, of, type ReadMetric } from './emitted';

/** An alarm as the template has it. */
interface TemplateAlarm {
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly Metrics?: readonly MetricQuery[];
  readonly [member: string]: unknown;
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Stat: string; readonly Period: number; readonly Metric: TemplateMetric };
}

interface TemplateMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

const VLLM: IVllmMetrics = Object.fromEntries(
  ['metricWaiting', 'metricRunning', 'metricKvCache'].map((method) => [
    method,
    (options?: cloudwatch.MetricOptions) =>
      new cloudwatch.Metric({ ...options, namespace: 'vLLM', metricName: method.slice('metric'.length) }),
  ]),
) as unknown as IVllmMetrics;

function aRouter(props: Partial<RouterAlarmsProps> = {}): { stack: Stack; alarms: RouterAlarms } {
  const stack = aStack();
  const handler = aFunction(stack);
  const alarms = new RouterAlarms(stack, 'Alarms', {
    metrics: new RouterMetrics('desk'),
    policy: aPolicySource(),
    function: handler,
    tables: new RouterTables(stack, 'Tables'),
    api: new RouterApi(stack, 'Api', { function: handler }),
    vllmTiers: { small: VLLM },
    ...props,
  });
  return { stack, alarms };
}

function templateAlarms(stack: Stack): TemplateAlarm[] {
  return resources(stack, 'AWS::CloudWatch::Alarm');
}

function inTemplate(alarm: cloudwatch.Alarm): TemplateAlarm {
  const id = alarm.stack.getLogicalId(alarm.node.defaultChild as cloudwatch.CfnAlarm);
  return Template.fromStack(alarm.stack).toJSON().Resources[id].Properties;
}

/** The value that an alarm on metric math would see, with metrics told by their names. */
function watched(alarm: cloudwatch.Alarm, world: Values): Value {
  const [first, ...rest] = inTemplate(alarm).Metrics ?? [];
  const values: Record<string, Value> = {};
  const expressions: Record<string, string> = {};
  for (const { Id, Expression, MetricStat } of [...rest, ...(first === undefined ? [] : [first])]) {
    if (Expression !== undefined) expressions[Id] = Expression;
    if (MetricStat === undefined) continue;
    const { MetricName } = MetricStat.Metric;
    values[Id] = world[`${MetricName} ${MetricStat.Stat}`] ?? world[MetricName];
  }
  return evaluateAll(expressions, values);
}

/** Every metric of ours that the alarms read. */
function metricsRead(stack: Stack): ReadMetric[] {
  return templateAlarms(stack).flatMap((alarm) => {
    const queries = alarm.Metrics ?? [];
    const metrics = queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
    const single = 'MetricName' in alarm ? [alarm as unknown as TemplateMetric] : [];
    return [
      ...[...metrics, ...single]
        .filter(({ Namespace }) => Namespace === 'Tierwise')
        .map(({ MetricName, Dimensions = [] }) =>
          of(
            MetricName,
            Dimensions.map(({ Name }) => Name),
          ),
        ),
      ...queries.flatMap(({ Expression }) => (typeof Expression === 'string' ? metricsOfExpression(Expression) : [])),
    ];
  });
}

describe('RouterAlarms', () => {
  it('reads only metrics that are emitted, with the dimensions they are emitted in', () => {
    const { stack } = aRouter();
    const read = metricsRead(stack);
    expect(read.length).toBeGreaterThan(40);
    expect(neverEmitted(read)).toEqual([]);
  });

  it('judges every task above and below its baseline, over five minutes twice and over a day once', () => {
    const { alarms } = aRouter();
    for (const task of ['triage', 'general']) {
      const of = alarms.forTask(task);
      for (const alarm of [of.escalationAboveFiveMinutes, of.escalationBelowFiveMinutes]) {
        expect(periodsOf(alarm)).toEqual({ seconds: [300], evaluations: 2 });
      }
      for (const alarm of [of.escalationAboveOneDay, of.escalationBelowOneDay]) {
        expect(periodsOf(alarm)).toEqual({ seconds: [86_400], evaluations: 1 });
      }
    }
  });

  it('breaches by the limits of the policy, against whatever baseline is published', () => {
    const { alarms } = aRouter();
    const { escalationAboveFiveMinutes, escalationBelowOneDay } = alarms.forTask('triage');
    const world = {
      Requests: 1000,
      UpRoutes: 100,
      Escalations: 300,
      BaselineEscalationRate: 0.2,
      'BaselineEscalationRate SampleCount': 995,
      BaselineEscalationHigh: 0.22,
      BaselineEscalationLow: 0.18,
    };
    expect(watched(escalationAboveFiveMinutes, world)).toBeCloseTo(1 - 0.2, 9);
    expect(watched(escalationBelowOneDay, world)).toBe(0);
    expect(watched(escalationAboveFiveMinutes, { ...world, Requests: 39, UpRoutes: 0, Escalations: 39 })).toBe(0);
    expect(watched(escalationBelowOneDay, { ...world, UpRoutes: 0, Escalations: 20 })).toBeCloseTo(0.9 - 0.3, 9);
    const partly = { ...world, 'BaselineEscalationRate SampleCount': 985 };
    expect(watched(escalationBelowOneDay, { ...partly, UpRoutes: 0, Escalations: 20 })).toBe(0);
    const another = {
      ...world,
      BaselineEscalationRate: 0.4,
      BaselineEscalationHigh: 0.42,
      BaselineEscalationLow: 0.38,
    };
    expect(watched(escalationAboveFiveMinutes, another)).toBe(0);
    expect(watched(escalationAboveFiveMinutes, { Requests: 1000, UpRoutes: 0, Escalations: 1000 })).toBeUndefined();
    expect(inTemplate(escalationAboveFiveMinutes)).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
    });
  });

  it('reads a baseline that may change within its window: of five minutes as the average, of a day as what allows most', () => {
    const task = aRouter().alarms.forTask('triage');
    const statistics = (alarm: cloudwatch.Alarm): (string | undefined)[] =>
      (inTemplate(alarm).Metrics ?? [])
        .filter(({ MetricStat }) => MetricStat?.Metric.MetricName.startsWith('Baseline'))
        .map(({ MetricStat }) => MetricStat?.Stat);
    expect(statistics(task.escalationAboveFiveMinutes)).toEqual(['Average', 'Average']);
    expect(statistics(task.escalationBelowFiveMinutes)).toEqual(['Average', 'Average']);
    expect(statistics(task.escalationAboveOneDay)).toEqual(['Maximum', 'Maximum', 'SampleCount']);
    expect(statistics(task.escalationBelowOneDay)).toEqual(['Minimum', 'Minimum', 'SampleCount']);
  });

  it('counts schema failures and fallbacks as shares, once there are requests enough', () => {
    const { alarms } = aRouter({ fallbackRateAbove: 0.2 });
    const { schemaFailures, fallbacks } = alarms.forTask('triage');
    const world = { Requests: 40, UpstreamAttempts: 50, SchemaFailures: 5, Fallbacks: 10 };
    expect(watched(schemaFailures, world)).toBeCloseTo(0.1, 9);
    expect(watched(fallbacks, world)).toBeCloseTo(0.25, 9);
    expect(watched(fallbacks, { ...world, Requests: 39 })).toBe(0);
    expect(inTemplate(schemaFailures).Threshold).toBe(0.03);
    expect(inTemplate(fallbacks).Threshold).toBe(0.2);
  });

  it('watches time to first content where the policy sets a budget, and nowhere else', () => {
    const { alarms } = aRouter();
    const alarm = alarms.forTask('triage').timeToFirstContent as cloudwatch.Alarm;
    expect(inTemplate(alarm)).toMatchObject({
      ExtendedStatistic: 'p95',
      Threshold: 800,
      EvaluateLowSampleCountPercentile: 'ignore',
    });
    expect(alarms.forTask('general').timeToFirstContent).toBeUndefined();
  });

  it('watches what needs no task: excess, credentials, function, API, policy and tables', () => {
    const { stack, alarms } = aRouter({ policyAgeAbove: Duration.minutes(20), serverErrorRateAbove: 0.1 });
    expect(inTemplate(alarms.escalationExcess)).toMatchObject({
      MetricName: 'EscalationExcess',
      Dimensions: [{ Name: 'Router', Value: 'desk' }],
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
    });
    expect(inTemplate(alarms.upstreamAuth).Metrics?.[0]?.Expression).toContain('SUM(UpstreamAuthFailures)');
    expect(inTemplate(alarms.functionErrors)).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors' });
    expect(inTemplate(alarms.functionThrottles)).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Throttles' });
    expect(inTemplate(alarms.policyAge)).toMatchObject({
      MetricName: 'PolicyAge',
      Statistic: 'Maximum',
      Threshold: 1200,
    });
    const serverErrors = alarms.serverErrors as cloudwatch.Alarm;
    expect(inTemplate(serverErrors).Threshold).toBe(0.1);
    expect(watched(serverErrors, { Count: 40, '5XXError': 10 })).toBeCloseTo(0.25, 9);
    expect(watched(serverErrors, { Count: 39, '5XXError': 39 })).toBe(0);
    const throttled = templateAlarms(stack).filter(({ Metrics }) =>
      JSON.stringify(Metrics ?? []).includes('ThrottledRequests'),
    );
    expect(throttled).toHaveLength(3);
  });

  it('watches queue and cache of each vLLM tier, the queue by what the policy lets wait there', () => {
    const limits = (props: Partial<RouterAlarmsProps>) =>
      templateAlarms(aRouter(props).stack)
        .filter(({ Namespace }) => Namespace === 'vLLM')
        .map(({ MetricName, Threshold }) => `${MetricName} ${Threshold}`)
        .sort();
    expect(limits({})).toEqual(['KvCache 0.95', 'Waiting 16']);
    expect(limits({ waitingAbove: 3, kvCacheAbove: 0.8 })).toEqual(['KvCache 0.8', 'Waiting 3']);
    expect(limits({ vllmTiers: { other: VLLM } })).toEqual(['KvCache 0.95', 'Waiting 8']);
    expect(limits({ vllmTiers: {} })).toEqual([]);
  });

  it('takes silence for a breach of the heartbeat alone, and says of every alarm what it means, where to look and what to do', () => {
    const { stack, alarms } = aRouter();
    const found = templateAlarms(stack);
    expect(found).toHaveLength(alarms.all.length);
    for (const alarm of found) {
      expect(alarm.TreatMissingData).toBe(alarm.MetricName === 'WatchHeartbeat' ? 'breaching' : 'notBreaching');
      expect(alarm.AlarmDescription).toMatch(/^[A-Z].+\. Look at: .+\. Do: .+\. Runbook: https:\S+#[a-z-]+$/);
      expect(alarm.AlarmDescription).not.toContain('{');
      expect(alarm.AlarmDescription.length).toBeLessThan(1024);
    }
    expect(
      new Set(found.map(({ AlarmDescription }) => AlarmDescription.split('. Look')[0])).size,
    ).toBeGreaterThanOrEqual(Object.keys(RUNBOOK).length);
  });

  it('names the section of your own runbook where you keep one', () => {
    const { alarms } = aRouter({ runbookUrl: 'https://wiki.example/router' });
    expect(inTemplate(alarms.policyAge).AlarmDescription).toContain('Runbook: https://wiki.example/router#policy-age');
  });

  it('tells warnings to a topic of their own where there is one', () => {
    const stack = aStack();
    const topic = (name: string) =>
      sns.Topic.fromTopicArn(stack, name, `arn:aws:sns:eu-central-1:111122223333:${name}`);
    const handler = aFunction(stack);
    const shared = { metrics: new RouterMetrics('desk'), policy: aPolicySource(), function: handler };
    const tables = new RouterTables(stack, 'Tables');
    const alarms = new RouterAlarms(stack, 'Alarms', {
      ...shared,
      tables,
      topic: topic('on-call'),
      warningTopic: topic('desk'),
    });
    const told = (alarm: cloudwatch.Alarm | undefined) =>
      alarm === undefined ? [] : [inTemplate(alarm).AlarmActions, inTemplate(alarm).OKActions].flat();
    const { watch } = alarms;
    for (const alarm of [watch?.inputDrift, watch?.tierMix, watch?.billDeviation, watch?.baselineAge])
      expect(new Set(told(alarm))).toEqual(new Set(['arn:aws:sns:eu-central-1:111122223333:desk']));
    for (const alarm of [
      watch?.netSaving,
      watch?.qualityShortfall,
      watch?.heartbeat,
      alarms.escalationExcess,
      alarms.policyAge,
    ])
      expect(new Set(told(alarm))).toEqual(new Set(['arn:aws:sns:eu-central-1:111122223333:on-call']));
  });

  it('watches what the watch function finds, by the limits of the policy, and that it runs', () => {
    const { watch } = aRouter().alarms;
    const query = (alarm: cloudwatch.Alarm | undefined) => {
      const { Metrics, Threshold, EvaluationPeriods, DatapointsToAlarm } = inTemplate(alarm as cloudwatch.Alarm);
      return [Metrics?.[0]?.Expression?.split(' FROM')[0], Threshold, `${DatapointsToAlarm} of ${EvaluationPeriods}`];
    };
    expect(inTemplate(watch?.qualityShortfall as cloudwatch.Alarm)).toMatchObject({
      MetricName: 'QualityShortfall',
      Dimensions: [{ Name: 'Router', Value: 'desk' }],
      Statistic: 'Maximum',
      Threshold: 0,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
    });
    expect(query(watch?.inputDrift)).toEqual(['SELECT MAX(InputDrift)', 0.2, '10 of 12']);
    expect(query(watch?.tierMix)).toEqual(['SELECT MAX(TierMixDeviation)', 0.1, '10 of 12']);
    expect(query(watch?.billDeviation)).toEqual(['SELECT MAX(BillDeviation)', 0.1, '10 of 12']);
    expect(query(watch?.baselineAge)).toEqual(['SELECT MAX(BaselineAge)', 90, '10 of 12']);
    expect(inTemplate(watch?.heartbeat as cloudwatch.Alarm)).toMatchObject({
      MetricName: 'WatchHeartbeat',
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
    });
  });

  it('judges a day of net saving once half of it is known, the same where a reading was put twice', () => {
    const { watch } = aRouter().alarms;
    const alarm = inTemplate(watch?.netSaving as cloudwatch.Alarm);
    expect(alarm).toMatchObject({ ComparisonOperator: 'LessThanThreshold', Threshold: 0, EvaluationPeriods: 1 });
    const day = (NetSavingUsd: number, readings: number) =>
      watched(watch?.netSaving as cloudwatch.Alarm, {
        'NetSavingUsd Average': NetSavingUsd,
        'NetSavingUsd SampleCount': readings,
      });
    expect(day(-0.01, 288)).toBeCloseTo(-2.88, 9);
    expect(day(-0.01, 289)).toBeCloseTo(-2.88, 9);
    expect(day(-0.01, 143)).toBe(0);
    expect(periodsOf(watch?.netSaving as cloudwatch.Alarm)).toEqual({ seconds: [86_400], evaluations: 1 });
  });

  it('counts repeated calls and questions over an hour, climbs apart and beyond chance', () => {
    const alarm = aRouter().alarms.forTask('triage').retryAmplification as cloudwatch.Alarm;
    const value = (Requests: number, RetryAmplification: number) => watched(alarm, { Requests, RetryAmplification });
    expect(inTemplate(alarm).Threshold).toBe(1.2);
    expect(value(1000, 1)).toBe(1);
    expect(value(1000, 1.4)).toBeCloseTo(1.4, 9);
    expect(value(40, 1.3)).toBe(1);
    expect(value(39, 3)).toBe(1);
    expect(periodsOf(alarm)).toEqual({ seconds: [3600], evaluations: 1 });
  });

  it('leaves out what no watch function would feed', () => {
    const { alarms } = aRouter({ isWatched: false });
    expect(alarms.watch).toBeUndefined();
    expect(alarms.forTask('triage').retryAmplification).toBeUndefined();
    expect(alarms.all.length).toBe(aRouter().alarms.all.length - 7 - 2);
  });

  it('tells the topic of an alarm and of its end, and nobody where there is none', () => {
    const stack = aStack();
    const handler = aFunction(stack);
    new RouterAlarms(stack, 'Alarms', {
      metrics: new RouterMetrics('desk'),
      policy: aPolicySource(),
      function: handler,
      tables: new RouterTables(stack, 'Tables'),
      topic: sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111122223333:on-call'),
    });
    for (const alarm of templateAlarms(stack)) {
      expect(alarm.AlarmActions).toEqual(['arn:aws:sns:eu-central-1:111122223333:on-call']);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
    for (const alarm of templateAlarms(aRouter().stack)) expect(alarm.AlarmActions).toBeUndefined();
  });

  it('leaves names to CloudFormation unless it is given a prefix', () => {
    for (const alarm of templateAlarms(aRouter().stack)) expect(alarm.AlarmName).toBeUndefined();
    const names = templateAlarms(aRouter({ alarmNamePrefix: 'desk' }).stack).map(({ AlarmName }) => AlarmName);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('desk-triage-EscalationAboveFiveMinutes');
    expect(names).toContain('desk-PolicyAge');
  });

  it('keeps within the metrics that CloudWatch allows in one alarm', () => {
    for (const { Metrics = [] } of templateAlarms(aRouter().stack)) {
      expect(Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length).toBeLessThanOrEqual(10);
      expect(Metrics.filter(({ ReturnData }) => ReturnData !== false).length).toBeLessThanOrEqual(1);
    }
  });

  it('does without an API and fails on a task that the policy does not have', () => {
    const stack = aStack();
    const alarms = new RouterAlarms(stack, 'Alarms', {
      metrics: new RouterMetrics('desk'),
      policy: aPolicySource(),
      function: aFunction(stack),
      tables: new RouterTables(stack, 'Tables'),
    });
    expect(alarms.serverErrors).toBeUndefined();
    expect(() => alarms.forTask('triag')).toThrow('no task of the policy is called "triag"; allowed: triage, general');
  });
});

function periodsOf(alarm: cloudwatch.Alarm): { seconds: number[]; evaluations: number } {
  const { Metrics = [], EvaluationPeriods } = inTemplate(alarm);
  const seconds = Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Period]));
  return { seconds: [...new Set(seconds)], evaluations: EvaluationPeriods };
}
