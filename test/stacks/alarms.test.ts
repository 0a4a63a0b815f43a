import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { ALARM_METRICS } from '../../lib/constructs/watch/own-prices';
import { LlmRouter, PolicySource } from '../../lib/index';
import { THREE_TIERS, threeTiers } from '../constructs/a-router';
import { aStack } from '../constructs/a-stack';
import {
  ALL_FORMS,
  anApp,
  aReferenceStack,
  FORMS,
  formOf,
  OWN_FORMS,
  policyFile,
  type Resource,
  type Synthesized,
} from './a-reference-stack';

/** Alarms that wake somebody; the others move replicas. */
function alarmsOf(made: Synthesized): Resource[] {
  return made.ofType('AWS::CloudWatch::Alarm').filter(({ id }) => id.startsWith('RouterAlarms'));
}

interface Query {
  readonly Expression?: unknown;
  readonly Period?: number;
  readonly MetricStat?: { readonly Period: number; readonly Metric: object };
}

function queriesOf({ properties }: Resource): Query[] {
  return properties.Metrics ?? [];
}

describe.each(ALL_FORMS)('the alarms of the reference stack %s', (form) => {
  const made = formOf(form);
  const alarms = alarmsOf(made);
  const { tasks } = PolicySource.fromFile(policyFile(FORMS[form].policy))._policy;

  it('take silence for no sign, say what to do, and go to one topic, as their end does', () => {
    const topic = { Ref: made.only('AWS::SNS::Topic').id };
    expect(alarms.length).toBeGreaterThan(Object.keys(tasks).length * 6);
    for (const { properties } of alarms) {
      expect(properties.TreatMissingData).toBe(
        properties.MetricName === 'WatchHeartbeat' ? 'breaching' : 'notBreaching',
      );
      expect(properties.AlarmDescription).toMatch(/^.{20,} Look at: .{10,} Do: .{10,} Runbook: .{20,}$/s);
      expect(properties.AlarmActions).toEqual([topic]);
      expect(properties.OKActions).toEqual([topic]);
    }
  });

  it.each(Object.keys(tasks))('judge the escalation of %s up and down, at once and over a day', (task) => {
    const found = alarms
      .filter(({ properties }) =>
        JSON.stringify(properties.Metrics ?? []).includes(`{"Name":"Task","Value":"${task}"}`),
      )
      .filter((alarm) => JSON.stringify(queriesOf(alarm)).includes('BaselineEscalationRate'))
      .map((alarm) => {
        const text = JSON.stringify(queriesOf(alarm));
        const direction = text.includes('BaselineEscalationHigh') ? 'up' : 'down';
        const periods = new Set(queriesOf(alarm).map(({ Period, MetricStat }) => MetricStat?.Period ?? Period));
        return [direction, [...periods].filter((period) => period !== undefined), alarm.properties.EvaluationPeriods];
      });
    expect(found.sort()).toEqual([
      ['down', [300], 2],
      ['down', [86_400], 1],
      ['up', [300], 2],
      ['up', [86_400], 1],
    ]);
  });

  it('read as many metrics as their price is reckoned by', () => {
    const read = alarms.map((alarm) => ({
      text: JSON.stringify(alarm.properties),
      metrics: Math.max(1, queriesOf(alarm).filter(({ MetricStat }) => MetricStat !== undefined).length),
    }));
    const total = (some: typeof read) => some.reduce((sum, { metrics }) => sum + metrics, 0);
    for (const [task, { latencyBudgetMs }] of Object.entries(tasks)) {
      const own = read.filter(({ text }) => text.includes(`{"Name":"Task","Value":"${task}"}`));
      expect([task, total(own)]).toEqual([task, ALARM_METRICS.perTask - (latencyBudgetMs === undefined ? 1 : 0)]);
    }
    const models = made.ofType('AWS::ECS::Service').length;
    const others = read.filter(({ text }) => !text.includes('"Name":"Task"'));
    expect(total(others) - 2 * models).toBe(ALARM_METRICS.others);
  });

  it('watch the excess over all tasks, so that one published later is covered', () => {
    const excess = alarms.filter(({ properties }) => properties.MetricName === 'EscalationExcess');
    expect(excess.map(({ properties }) => properties.Dimensions)).toEqual([
      [{ Name: 'Router', Value: made.stack.router.function.routerName }],
    ]);
  });

  it('cover what else may go wrong', () => {
    const kinds = alarms.map(({ id }) => id.replace(/^RouterAlarms|[0-9A-F]{8}$/g, ''));
    expect(kinds).toEqual(
      expect.arrayContaining([
        'EscalationExcess',
        'UpstreamAuth',
        'FunctionErrors',
        'FunctionThrottles',
        'ServerErrors',
        'PolicyAge',
        'NetSaving',
        'QualityShortfall',
        'InputDrift',
        'TierMix',
        'BillDeviation',
        'BaselineAge',
        'WatchHeartbeat',
        'TablesPolicyThrottled',
        'TablesAttributionThrottled',
        'TablesAccessThrottled',
      ]),
    );
    for (const suffix of ['SchemaFailures', 'RetryAmplification', 'Fallbacks'])
      expect(kinds.filter((kind) => kind.endsWith(suffix))).toHaveLength(Object.keys(tasks).length);
    const budgets = Object.values(tasks).filter(({ latencyBudgetMs }) => latencyBudgetMs !== undefined);
    expect(kinds.filter((kind) => kind.endsWith('TimeToFirstContent'))).toHaveLength(budgets.length);
  });
});

describe.each(OWN_FORMS)('the alarms on the models of the reference stack %s', (form) => {
  it('watch queue and cache of each, and what moves replicas takes silence for no sign either', () => {
    const made = formOf(form);
    const models = made.ofType('AWS::ECS::Service').length;
    const kinds = alarmsOf(made).map(({ id }) => id);
    expect(kinds.filter((id) => /^RouterAlarmsTiers[a-z]+Waiting/.test(id))).toHaveLength(models);
    expect(kinds.filter((id) => /^RouterAlarmsTiers[a-z]+KvCache/.test(id))).toHaveLength(models);
    const loud = made
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.TreatMissingData !== 'notBreaching');
    expect(loud.map(({ properties }) => properties.MetricName)).toEqual(['WatchHeartbeat']);
  });
});

/** Everything that the alarms of a stack look at, each in the words of CloudWatch; what CloudFormation names is the stack's own. */
function watchedBy(stack: Stack, alarms: RegExp): string[] {
  const found = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))
    .filter(([id]) => alarms.test(id))
    .map(([id, { Properties }]) => ({ id, type: '', properties: Properties, deletionPolicy: undefined }));
  const metric = ({ Namespace, MetricName, Dimensions }: Record<string, unknown>) =>
    JSON.stringify([Namespace, MetricName, Dimensions]);
  return found
    .flatMap((alarm) => [
      ...(alarm.properties.MetricName === undefined ? [] : [metric(alarm.properties)]),
      ...queriesOf(alarm).flatMap(({ MetricStat, Expression }) => {
        if (MetricStat !== undefined) return [metric(MetricStat.Metric as Record<string, unknown>)];
        const text = JSON.stringify(Expression);
        return /SELECT|SEARCH/.test(text) ? [text] : [];
      }),
    ])
    .map((text) => text.replace(/\{"(Ref|Fn::GetAtt)":/g, `{"of ${stack.stackName}":`));
}

describe('two routers', () => {
  it('in one stack look at no metric of each other', () => {
    const stack = aStack();
    for (const id of ['One', 'Two']) {
      const tiers = { ...threeTiers(new Construct(stack, `Tiers${id}`)) };
      new LlmRouter(stack, id, { policy: PolicySource.fromText(THREE_TIERS), tiers, waf: {} });
    }
    const one = new Set(watchedBy(stack, /^One/));
    const two = watchedBy(stack, /^Two/);
    expect(one.size).toBeGreaterThan(20);
    expect(two.length).toBeGreaterThanOrEqual(one.size);
    expect(two.filter((metric) => one.has(metric))).toEqual([]);
    const firewalls = Object.values(Template.fromStack(stack).findResources('AWS::WAFv2::WebACL'));
    expect(new Set(firewalls.map(({ Properties }) => Properties.VisibilityConfig.MetricName)).size).toBe(2);
  });

  it('in two stacks of one account look at no metric of each other, nor do their models', () => {
    const [first = [], second = []] = ['Shop', 'Desk'].map((id) =>
      watchedBy(aReferenceStack('hybrid', {}, anApp(), id), /./),
    );
    expect(first.length).toBeGreaterThan(50);
    expect(second).toHaveLength(first.length);
    expect(second.filter((metric) => first.includes(metric))).toEqual([]);
  });
});
