import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { IVllmMetrics } from '../../lib/constructs/metrics/vllm-metrics';
import { RouterAlarms } from '../../lib/constructs/router-alarms';
import { RouterApi } from '../../lib/constructs/router-api';
import { RouterDashboard, type RouterDashboardProps } from '../../lib/constructs/router-dashboard';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { RouterTables } from '../../lib/constructs/router-tables';
import { WATCH_SIGNALS } from '../../lib/core/telemetry/signals';
import { evaluate } from '../fixtures/metric-math';
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
  readonly properties: {
    readonly title: string;
    readonly alarms?: unknown[];
    readonly metrics?: unknown[][];
    readonly yAxis?: { readonly left?: { readonly min?: number } };
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number }[] };
  };
}

interface Stat {
  readonly stat?: string;
}

const SAVING = ['Net saving', 'What is subtracted', 'Net saving by task'];
const WATCHED = [
  'Escalation deviation from the baseline',
  'Escalation excess',
  'Tier mix deviation',
  'Quality delta',
  'Quality shortfall',
  'Routing accuracy',
  'Input drift',
  'Retry amplification',
  'Routing cost share',
  'Bill deviation by tier',
  'Baseline age',
  'Heartbeat of the watch',
];

/** Signals that an expression searches for, with their statistics. */
function searches(line: unknown): { name: string; statistic: string }[] {
  const { expression } = (line ?? {}) as { expression?: string };
  const found = [...(expression ?? '').matchAll(/MetricName="(\w+)"[^']*', '(\w+)'/g)];
  return found.map(([, name = '', statistic = '']) => ({ name, statistic }));
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
  it('tells what is saved and spent, each task against its baseline, what has drifted, failures, times, health and vLLM', () => {
    expect(titles(widgets())).toEqual([
      'Alarms',
      ...SAVING,
      'Cost against all-frontier',
      'Cost by tier',
      'Requests by tier that answered',
      'Escalation against the baseline: triage',
      'Escalation against the baseline: general',
      ...WATCHED,
      'Fallbacks, retries, refusals',
      'Failed answers and refused credentials',
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

  it('leaves out what the watch function finds where none runs', () => {
    const found = titles(widgets({ isWatched: false }));
    expect(found.filter((title) => [...SAVING, ...WATCHED].includes(title))).toEqual([]);
    expect(found).toContain('Cost by tier');
  });

  it('shows every signal of the watch function', () => {
    const text = JSON.stringify(widgets());
    const shownElsewhere = ['EscalationRate', 'UpRouteRate', 'ClimbRate'];
    for (const { name } of WATCH_SIGNALS.filter((signal) => !shownElsewhere.includes(signal.name)))
      expect(text).toContain(name);
  });

  it('reads no signal of the watch function by its sum, since a crash may have put it twice', () => {
    const lines = widgets().flatMap(({ properties }) => properties.metrics ?? []);
    const names: ReadonlySet<unknown> = new Set(WATCH_SIGNALS.map(({ name }) => name));
    const plain = lines
      .filter(([, name]) => names.has(name))
      .map((line) => [line[1], (line.at(-1) as Stat).stat ?? 'Average']);
    expect(plain.length).toBeGreaterThan(5);
    expect(plain.filter(([, statistic]) => statistic === 'Sum')).toEqual([]);
    const searched = lines.flatMap(([first]) => searches(first)).filter(({ name }) => names.has(name));
    expect(searched.length).toBeGreaterThan(8);
    expect(searched.filter(({ statistic }) => statistic === 'Sum')).toEqual([]);
  });

  it('adds up readings of five minutes, whatever period is drawn, and each once', () => {
    const [line] = widgets().find(({ properties }) => properties.title === 'Net saving')?.properties.metrics ?? [];
    const { expression = '' } = (line?.[0] ?? {}) as { expression?: string };
    const summand = expression
      .replace(/^RUNNING_SUM\((.*)\)$/, '$1')
      .replaceAll('PERIOD(netSavingUsdReadings)', 'period');
    const drawn = (netSavingUsd: number, netSavingUsdReadings: number, period: number) =>
      evaluate(summand, { netSavingUsd, netSavingUsdReadings, period });
    expect(drawn(2, 1, 300)).toBe(2);
    expect(drawn(2, 2, 300)).toBe(2);
    expect(drawn(-2, 12, 3600)).toBe(-24);
    expect(drawn(2, 3, 3600)).toBe(6);
  });

  it('shows losses as such, and draws the limits of the policy', () => {
    const axis = (title: string) => widgets().find(({ properties }) => properties.title === title)?.properties;
    for (const title of ['Net saving', 'Net saving by task', 'Quality delta', 'Bill deviation by tier'])
      expect(axis(title)?.yAxis?.left?.min).toBeUndefined();
    expect(axis('Input drift')?.yAxis?.left?.min).toBe(0);
    const limits = (title: string) => axis(title)?.annotations?.horizontal?.map(({ value }) => value);
    expect(limits('Input drift')).toEqual([0.2]);
    expect(limits('Baseline age')).toEqual([90]);
    expect(limits('Escalation deviation from the baseline')).toEqual([0.2, -0.3]);
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
    const band = JSON.stringify(
      found.find(({ properties }) => properties.title === 'Escalation against the baseline: triage'),
    );
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
