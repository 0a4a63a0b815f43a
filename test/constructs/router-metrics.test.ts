import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { CUSTOMER_SIGNALS, SIGNALS, WATCH_SIGNALS } from '../../lib/core/telemetry/signals';
import { EMITTED, metricsOfExpression, neverEmitted, of } from './emitted';

const METRICS = new RouterMetrics('desk');

/** Every method that names a signal of a task. */
const OF_A_TASK: Readonly<Record<string, (task: string) => cloudwatch.Metric>> = {
  Requests: (task) => METRICS.metricRequests(task),
  UpRoutes: (task) => METRICS.metricUpRoutes(task),
  Escalations: (task) => METRICS.metricEscalations(task),
  Fallbacks: (task) => METRICS.metricFallbacks(task),
  Retries: (task) => METRICS.metricRetries(task),
  UpstreamAttempts: (task) => METRICS.metricUpstreamAttempts(task),
  Refusals: (task) => METRICS.metricRefusals(task),
  CostUsd: (task) => METRICS.metricCostUsd(task),
  FrontierCostUsd: (task) => METRICS.metricFrontierCostUsd(task),
  RoutingCostUsd: (task) => METRICS.metricRoutingCostUsd(task),
  Latency: (task) => METRICS.metricLatency(task),
  TimeToFirstContent: (task) => METRICS.metricTimeToFirstContent(task),
  RouterOverhead: (task) => METRICS.metricRouterOverhead(task),
  OracleFailures: (task) => METRICS.metricOracleFailures(task),
  SchemaFailures: (task) => METRICS.metricSchemaFailures(task),
  UpstreamAuthFailures: (task) => METRICS.metricUpstreamAuthFailures(task),
  BaselineEscalationRate: (task) => METRICS.metricBaselineEscalationRate(task),
  BaselineEscalationHigh: (task) => METRICS.metricBaselineEscalationHigh(task),
  BaselineEscalationLow: (task) => METRICS.metricBaselineEscalationLow(task),
};

const readOf = ({ metricName, dimensions = {} }: cloudwatch.Metric) => of(metricName, Object.keys(dimensions));

describe('RouterMetrics', () => {
  it('is held to every signal of the table, as the router emits it', () => {
    const names = new Set(EMITTED.map(({ name }) => name));
    expect(SIGNALS.filter(({ name }) => !names.has(name))).toEqual([]);
    expect(neverEmitted([of('Requests', ['Router'])])).toHaveLength(1);
  });

  it('has a method for every signal that the router emits', () => {
    expect([...Object.keys(OF_A_TASK), METRICS.metricPolicyAge().metricName].sort()).toEqual(
      SIGNALS.map(({ name }) => name).sort(),
    );
  });

  it.each(Object.entries(OF_A_TASK))('reads %s as it is emitted', (name, method) => {
    const metric = method('triage');
    expect(metric.metricName).toBe(name);
    expect(metric.namespace).toBe('Tierwise');
    expect(metric.dimensions).toEqual({ Router: 'desk', Task: 'triage' });
    expect(neverEmitted([readOf(metric)])).toEqual([]);
  });

  it('reads what concerns the router as a whole under its name alone', () => {
    for (const metric of [
      METRICS.metricPolicyAge(),
      METRICS.metricEscalationExcess(),
      METRICS.metricQualityShortfall(),
      METRICS.metricWatchHeartbeat(),
    ]) {
      expect(metric.dimensions).toEqual({ Router: 'desk' });
      expect(neverEmitted([readOf(metric)])).toEqual([]);
    }
    for (const metric of [METRICS.metricEscalationExcess('triage'), METRICS.metricQualityShortfall('triage')])
      expect(metric.dimensions).toEqual({ Router: 'desk', Task: 'triage' });
  });

  it('reads one tier of a task', () => {
    const metric = METRICS.metricRequests('triage', { tier: 'small' });
    expect(metric.dimensions).toEqual({ Router: 'desk', Task: 'triage', Tier: 'small' });
    expect(neverEmitted([readOf(metric)])).toEqual([]);
  });

  it.each([
    ['Requests', 'Sum'],
    ['CostUsd', 'Sum'],
    ['SchemaFailures', 'Sum'],
    ['TimeToFirstContent', 'p95'],
    ['BaselineEscalationRate', 'Average'],
  ])('reads %s as %s', (name, statistic) => {
    expect(METRICS.metric(name, 'triage').statistic).toBe(statistic);
    expect(METRICS.metricPolicyAge().statistic).toBe('Maximum');
  });

  it('takes the options of CloudWatch, but no other dimensions', () => {
    const metric = METRICS.metricRequests('triage', {
      statistic: 'Average',
      period: Duration.hours(1),
      dimensionsMap: { Router: 'other' },
    });
    expect(metric).toMatchObject({ statistic: 'Average', period: Duration.hours(1), dimensions: { Router: 'desk' } });
  });

  it('reads the signals of a customer as they are emitted, and no others', () => {
    for (const { name } of CUSTOMER_SIGNALS) {
      const metric = METRICS.metricOfCustomer(name, 'acme', { period: Duration.days(1) });
      expect(metric).toMatchObject({ metricName: name, period: Duration.days(1) });
      expect(metric.dimensions).toEqual({ Router: 'desk', Customer: 'acme' });
      expect(neverEmitted([readOf(metric)])).toEqual([]);
    }
    expect(METRICS.metricOfCustomer('Latency', 'acme').statistic).toBe('p95');
    expect(() => METRICS.metricOfCustomer('UpRoutes', 'acme')).toThrow(
      'no signal of a customer is called "UpRoutes"; allowed: Requests, ',
    );
  });

  it('searches all tasks for graphs and queries them for alarms, by dimensions that are emitted', () => {
    const total = METRICS.graphTotal('CostUsd').expression;
    expect(total).toBe(`SUM(SEARCH('{Tierwise,Router,Task} MetricName="CostUsd" Router="desk"', 'Sum', 300))`);
    const ofTier = METRICS.graphHighest('Latency', { tier: 'small', period: Duration.minutes(1) }).expression;
    expect(ofTier).toBe(
      `MAX(SEARCH('{Tierwise,Router,Task,Tier} MetricName="Latency" Router="desk" Tier="small"', 'p95', 60))`,
    );
    const query = METRICS.queryTotal('UpstreamAuthFailures').expression;
    expect(query).toContain(`WHERE Router = 'desk'`);
    const read = [total, ofTier, query].flatMap(metricsOfExpression);
    expect(read).toHaveLength(3);
    expect(neverEmitted(read)).toEqual([]);
  });

  it('reads every signal of the watch function in each set of dimensions it is emitted in, and never by its sum', () => {
    for (const { name, within } of WATCH_SIGNALS) {
      for (const set of within) {
        const about = { router: {}, task: { task: 'triage' }, tier: { tier: 'small' } }[set];
        const metric = METRICS.metricWatched(name, about);
        expect(neverEmitted([readOf(metric)])).toEqual([]);
        expect(metric.statistic).not.toBe('Sum');
      }
    }
    expect(METRICS.metricWatched('InputDrift', { task: 'triage' })).toMatchObject({ statistic: 'Maximum' });
    expect(METRICS.metricWatched('NetSavingUsd')).toMatchObject({ statistic: 'Average' });
  });

  it('draws a line of a watched signal for each task or tier, and asks for the worst of them', () => {
    const drift = METRICS.graphWatched('InputDrift');
    expect(drift.expression).toBe(
      `SEARCH('{Tierwise,Router,Task} MetricName="InputDrift" Router="desk"', 'Maximum', 300)`,
    );
    expect(drift.label).toBe(`\${PROP('Dim.Task')}`);
    const bill = METRICS.graphWatched('BillDeviation', { period: Duration.hours(1) });
    expect(bill.expression).toContain(`{Tierwise,Router,Tier} MetricName="BillDeviation"`);
    expect(bill.expression).toContain(', 3600)');
    const worst = METRICS.queryHighest('BillDeviation').expression;
    expect(worst).toBe(`SELECT MAX(BillDeviation) FROM SCHEMA("Tierwise", Router, Tier) WHERE Router = 'desk'`);
    const read = [drift.expression, bill.expression, worst].flatMap(metricsOfExpression);
    expect(read).toHaveLength(3);
    expect(neverEmitted(read)).toEqual([]);
  });

  it('fails on a watched signal that there is not, or not so', () => {
    expect(() => METRICS.metricWatched('InputDrifts')).toThrow(
      'no signal of the watch function is called "InputDrifts"',
    );
    expect(() => METRICS.metricWatched('InputDrift')).toThrow('a signal of each task');
    expect(() => METRICS.metricWatched('InputDrift', { tier: 'small' })).toThrow('a signal of each task');
    expect(() => METRICS.metricWatched('WatchHeartbeat', { task: 'triage' })).toThrow('a signal of each router');
    expect(() => METRICS.metricWatched('NetSavingUsd', { task: 'triage', tier: 'small' })).toThrow('say which');
    expect(() => METRICS.graphWatched('WatchHeartbeat')).toThrow('use metricWatched');
  });

  it('fails on a signal that there is not, or not so', () => {
    expect(() => METRICS.metric('Request', 'triage')).toThrow(
      'no signal is called "Request"; allowed: Requests, UpRoutes',
    );
    expect(() => METRICS.metric('PolicyAge', 'triage')).toThrow('use metricPolicyAge()');
    expect(() => METRICS.metric('BaselineEscalationRate', 'triage', { tier: 'small' })).toThrow('leave out the tier');
    expect(() => METRICS.graphTotal('PolicyAge')).toThrow('a signal of the router');
    expect(() => METRICS.queryTotal('CostUsd')).toThrow('only counts');
    for (const name of ['', ':desk', "desk'", 'desk"', 'desk\\', 'täsk', 'd'.repeat(256)]) {
      expect(() => new RouterMetrics(name)).toThrow('is not allowed; use up to 255 ASCII characters');
    }
    expect(new RouterMetrics('Support desk/1: [a]').router).toBe('Support desk/1: [a]');
  });
});
