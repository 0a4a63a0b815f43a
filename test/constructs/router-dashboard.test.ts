import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { IVllmMetrics } from '../../lib/constructs/metrics/vllm-metrics';
import { RouterAlarms } from '../../lib/constructs/router-alarms';
import { RouterApi } from '../../lib/constructs/router-api';
import { RouterDashboard, type RouterDashboardProps } from '../../lib/constructs/router-dashboard';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { RouterTables } from '../../lib/constructs/router-tables';
import { aPolicySource } from './a-policy';
import { aFunction, aStack, resources } from './a-stack';
import { metricsOfExpression, neverEmitted, of } from './emitted';

const reading = (metricName: string) => (options?: cloudwatch.MetricOptions) =>
  new cloudwatch.Metric({ ...options, namespace: 'vLLM', metricName });

const VLLM: IVllmMetrics = {
  metricWaiting: reading('Waiting'),
  metricRunning: reading('Running'),
  metricKvCache: reading('KvCache'),
};

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly properties: { readonly title: string; readonly alarms?: unknown[]; readonly metrics?: unknown[][] };
}

function widgets(props: Partial<RouterDashboardProps> = {}): Widget[] {
  const stack = aStack();
  const shared = { metrics: new RouterMetrics('desk'), policy: aPolicySource(), function: aFunction(stack) };
  const alarms = new RouterAlarms(stack, 'Alarms', { ...shared, tables: new RouterTables(stack, 'Tables') });
  const api = new RouterApi(stack, 'Api', { function: shared.function });
  new RouterDashboard(stack, 'Dashboard', { ...shared, alarms, api, vllmTiers: { small: VLLM }, ...props });
  const [{ DashboardBody, DashboardName }] = resources(stack, 'AWS::CloudWatch::Dashboard');
  expect(DashboardName).toBeUndefined();
  return JSON.parse(text(DashboardBody)).widgets;
}

/** A body with a word in place of each reference. */
function text(body: string | { 'Fn::Join': [string, unknown[]] }): string {
  if (typeof body === 'string') return body;
  return body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'reference')).join('');
}

const titles = (found: readonly Widget[]): string[] => found.map(({ properties }) => properties.title);

describe('RouterDashboard', () => {
  it('shows costs, tiers, each task against its baseline, failures, times, health and vLLM', () => {
    expect(titles(widgets())).toEqual([
      'Alarms',
      'Cost against all-frontier',
      'Requests by tier that answered',
      'Escalation of triage against its baseline',
      'Escalation of general against its baseline',
      'Fallbacks, retries, refusals',
      'Failed answers and refused credentials',
      'Escalation beyond its limit, worst task',
      'Time to first content',
      'Latency',
      "Router's own time",
      'Function: errors and throttles',
      'Age of the policy',
      'API: errors',
      'vLLM small: requests',
      'vLLM small: KV cache',
    ]);
  });

  it('reads only metrics that are emitted, with the dimensions they are emitted in', () => {
    const lines = widgets().flatMap(({ properties }) => properties.metrics ?? []);
    const read = lines.flatMap((line) => {
      const [first, name, ...rest] = line;
      if (first === 'Tierwise') {
        const dimensions = rest.filter((_part, at) => at % 2 === 0).filter((part) => typeof part === 'string');
        return [of(String(name), dimensions)];
      }
      return typeof first === 'object' ? metricsOfExpression(String((first as { expression: string }).expression)) : [];
    });
    expect(new Set(read.map(({ name }) => name)).size).toBeGreaterThan(15);
    expect(neverEmitted(read)).toEqual([]);
  });

  it('draws requests of every tier, and the band of a baseline', () => {
    const found = widgets();
    const byTier = found.filter(({ properties }) => properties.title === 'Requests by tier that answered');
    const lines = byTier.flatMap(({ properties }) => properties.metrics as { expression: string }[][]);
    const searches = lines.map(([line]) => line?.expression);
    expect(searches).toEqual([expect.stringContaining('Tier="small"'), expect.stringContaining('Tier="frontier"')]);
    const band = JSON.stringify(found.find(({ properties }) => properties.title.startsWith('Escalation of triage')));
    for (const name of ['BaselineEscalationRate', 'BaselineEscalationHigh', 'BaselineEscalationLow']) {
      expect(band).toContain(name);
    }
  });

  it('shows the state of every alarm', () => {
    const stack = aStack();
    const shared = { metrics: new RouterMetrics('desk'), policy: aPolicySource(), function: aFunction(stack) };
    const alarms = new RouterAlarms(stack, 'Alarms', { ...shared, tables: new RouterTables(stack, 'Tables') });
    const [first] = widgets();
    expect(first?.properties.alarms).toHaveLength(alarms.all.length);
  });

  it('fits its page and leaves out what it was not given', () => {
    const stack = aStack();
    new RouterDashboard(stack, 'Dashboard', {
      metrics: new RouterMetrics('desk'),
      policy: aPolicySource(),
      function: aFunction(stack),
    });
    const [{ DashboardBody }] = resources(stack, 'AWS::CloudWatch::Dashboard');
    const found: Widget[] = JSON.parse(text(DashboardBody)).widgets;
    expect(found.every(({ width }) => Number.isInteger(width) && width <= 24)).toBe(true);
    expect(titles(found).filter((title) => /Alarms|API|vLLM/.test(title))).toEqual([]);
  });
});
