import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Policy } from '../core/types-policy';
import { savingRow } from './dashboard/saving-row';
import { watchRows } from './dashboard/watch-rows';
import { alarmStates, graph } from './dashboard/widgets';
import type { IVllmMetrics } from './metrics/vllm-metrics';
import type { PolicySource } from './policy-source';
import type { RouterAlarms } from './router-alarms';
import type { RouterApi } from './router-api';
import type { RouterMetrics } from './router-metrics';

/** What a dashboard shows. */
export interface RouterDashboardProps {
  /** Metrics of the router. */
  readonly metrics: RouterMetrics;
  /** The policy whose tasks and tiers get graphs. Totals cover tasks that are published later too. */
  readonly policy: PolicySource;
  /** The router's function. */
  readonly function: lambda.IFunction;
  /**
   * Alarms whose state is shown.
   *
   * @default - no states of alarms
   */
  readonly alarms?: RouterAlarms;
  /**
   * The router's API.
   *
   * @default - no graph of the API's errors
   */
  readonly api?: RouterApi;
  /**
   * Tiers that run vLLM, by their id in the policy.
   *
   * @default - no graphs of queues and caches
   */
  readonly vllmTiers?: { [tier: string]: IVllmMetrics };
  /**
   * Whether a watch function runs beside the router: what it finds is shown then.
   *
   * @default true
   */
  readonly isWatched?: boolean;
}

/**
 * What a router saves and costs, where its requests go, how it holds to its baselines, what has drifted, and what goes wrong:
 * the operator's page told by CloudWatch, with the same names.
 */
export class RouterDashboard extends Construct {
  /** The dashboard. CloudFormation makes its name. */
  public readonly dashboard: cloudwatch.Dashboard;

  private readonly props: RouterDashboardProps;
  private readonly policy: Policy;

  public constructor(scope: Construct, id: string, props: RouterDashboardProps) {
    super(scope, id);
    this.props = props;
    this.policy = props.policy._policy;
    const { metrics, isWatched = true } = props;
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      widgets: [
        props.alarms === undefined ? [] : [alarmStates(props.alarms.all)],
        isWatched ? savingRow(metrics, this.policy.frontier) : [],
        this.cost(),
        this.escalation(),
        isWatched ? watchRows(metrics, this.policy.alarms) : [],
        this.failures(),
        this.time(),
        this.health(),
        this.vllm(),
      ].filter((row) => row.length > 0),
    });
  }

  private cost(): cloudwatch.IWidget[] {
    const { metrics } = this.props;
    const tiers = Object.keys(this.policy.tiers);
    const byTier = (name: string) => tiers.map((tier) => metrics.graphTotal(name, { tier }));
    const costs = [
      metrics.graphTotal('CostUsd', { label: 'tiers' }),
      metrics.graphTotal('FrontierCostUsd', { label: `all at ${this.policy.frontier}` }),
      metrics.graphTotal('RoutingCostUsd', { label: 'routing itself' }),
    ];
    return [
      graph({ title: 'Cost against all-frontier', metrics: costs, unit: 'USD' }),
      graph({ title: 'Cost by tier', metrics: byTier('CostUsd'), unit: 'USD', isStacked: true }),
      graph({
        title: 'Requests by tier that answered',
        metrics: byTier('Requests'),
        unit: 'requests',
        isStacked: true,
      }),
    ];
  }

  /** A graph for each task, since each has a baseline of its own. */
  private escalation(): cloudwatch.IWidget[] {
    const { metrics } = this.props;
    return Object.keys(this.policy.tasks).map((task) =>
      graph({
        title: `Escalation against the baseline: ${task}`,
        unit: 'share of requests',
        metrics: [
          metrics.metricEscalationRate(task, { label: 'escalation rate' }),
          metrics.metricBaselineEscalationRate(task, { label: 'baseline', color: cloudwatch.Color.GREY }),
          metrics.metricBaselineEscalationHigh(task, { label: 'baseline, high', color: cloudwatch.Color.GREY }),
          metrics.metricBaselineEscalationLow(task, { label: 'baseline, low', color: cloudwatch.Color.GREY }),
        ],
      }),
    );
  }

  private failures(): cloudwatch.IWidget[] {
    const { metrics } = this.props;
    const moves = ['Fallbacks', 'Retries', 'Refusals'].map((name) => metrics.graphTotal(name));
    const failures = ['OracleFailures', 'SchemaFailures', 'UpstreamAuthFailures'].map((name) =>
      metrics.graphTotal(name),
    );
    return [
      graph({ title: 'Fallbacks, retries, refusals', metrics: moves, unit: 'count', share: 1 / 2 }),
      graph({ title: 'Failed answers and refused credentials', metrics: failures, unit: 'count', share: 1 / 2 }),
    ];
  }

  private time(): cloudwatch.IWidget[] {
    const { metrics } = this.props;
    const worst = (name: string, statistic: string) =>
      metrics.graphHighest(name, { statistic, label: `${statistic}, slowest task` });
    return [
      graph({
        title: 'Time to first content',
        metrics: [worst('TimeToFirstContent', 'p50'), worst('TimeToFirstContent', 'p95')],
        unit: 'ms',
      }),
      graph({ title: 'Latency', metrics: [worst('Latency', 'p50'), worst('Latency', 'p95')], unit: 'ms' }),
      graph({
        title: "Router's own time",
        metrics: [worst('RouterOverhead', 'p50'), worst('RouterOverhead', 'p95')],
        unit: 'ms',
      }),
    ];
  }

  private health(): cloudwatch.IWidget[] {
    const { metrics, function: handler, api } = this.props;
    const errors = [handler.metricErrors({ label: 'errors' }), handler.metricThrottles({ label: 'throttles' })];
    const widgets = [
      graph({ title: 'Function: errors and throttles', metrics: errors, unit: 'invocations' }),
      graph({ title: 'Age of the policy', metrics: [metrics.metricPolicyAge()], unit: 'seconds' }),
    ];
    if (api === undefined) return widgets;
    const answers = [api.metricServerErrors({ label: '5XX' }), api.metricClientErrors({ label: '4XX' })];
    return [...widgets, graph({ title: 'API: errors', metrics: answers, unit: 'answers' })];
  }

  private vllm(): cloudwatch.IWidget[] {
    return Object.entries(this.props.vllmTiers ?? {}).flatMap(([tier, metrics]) => [
      graph({
        title: `vLLM ${tier}: requests`,
        metrics: [metrics.metricWaiting({ label: 'waiting' }), metrics.metricRunning({ label: 'running' })],
        unit: 'requests per replica',
        share: 1 / 2,
      }),
      graph({
        title: `vLLM ${tier}: KV cache`,
        metrics: [metrics.metricKvCache({ label: 'in use' })],
        unit: 'share',
        share: 1 / 2,
        limits: [{ value: 1, label: 'full' }],
      }),
    ]);
  }
}
