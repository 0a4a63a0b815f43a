import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../core/contract';
import {
  ESCALATION_EXCESS,
  POLICY_AGE,
  QUALITY_SHORTFALL,
  type Signal,
  WATCH_HEARTBEAT,
} from '../core/telemetry/signals';
import { queryExpression } from './metrics/query-expression';
import { searchExpression } from './metrics/search-expression';
import { customerSignalNamed, signalNamed, statisticOf, watchSignalNamed } from './metrics/statistic';

/** How to read a signal of one task. */
export interface RouterMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only what was answered by this tier, or befell it.
   *
   * @default - the task as a whole
   */
  readonly tier?: string;
}

/** How to read a signal of the watch function. */
export interface WatchMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Only what concerns this task.
   *
   * @default - the router as a whole, or a tier
   */
  readonly task?: string;
  /**
   * Only what concerns this tier.
   *
   * @default - the router as a whole, or a task
   */
  readonly tier?: string;
}

/** How to read a signal over all tasks of a router. */
export interface RouterGraphOptions extends cloudwatch.MathExpressionOptions {
  /**
   * Only what was answered by this tier, or befell it.
   *
   * @default - all tiers
   */
  readonly tier?: string;
  /**
   * CloudWatch statistic of each task.
   *
   * @default - the sum of counts and costs, the 95th percentile of times
   */
  readonly statistic?: string;
}

/** What CloudWatch takes as a dimension, less what would end a string in a search or a query. */
const ROUTER_NAME = /^(?!:)[ !#-&(-[\]-~]{1,255}$/;

/**
 * The metrics of one router, in the namespace `Tierwise`. Metrics of a task are emitted by the router with the dimensions
 * `Router` and `Task`, or `Router`, `Task` and `Tier`, and those of customers, where they are switched on, with `Router` and
 * `Customer`. No metric is ever a sum over all tasks: `graphTotal` makes one for graphs.
 */
export class RouterMetrics {
  /** Value of the dimension `Router`: what tells two routers of one account apart. */
  public readonly router: string;

  /**
   * @param router Name of the router, as its function knows it: the value of the dimension `Router`.
   */
  public constructor(router: string) {
    if (!Token.isUnresolved(router) && !ROUTER_NAME.test(router)) {
      throw new Error(
        `router name ${JSON.stringify(router)} is not allowed; use up to 255 ASCII characters, no quotes or backslashes, no colon first`,
      );
    }
    this.router = router;
  }

  /** Requests routed or refused. */
  public metricRequests(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Requests', task, options);
  }

  /** Requests whose decision began above the first tier of the ladder. */
  public metricUpRoutes(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('UpRoutes', task, options);
  }

  /** Requests that began at the first tier and ended higher because a check failed. */
  public metricEscalations(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Escalations', task, options);
  }

  /** Moves to another tier because a tier failed. */
  public metricFallbacks(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Fallbacks', task, options);
  }

  /** Calls repeated on the same tier after a failure. */
  public metricRetries(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Retries', task, options);
  }

  /** Calls to tiers. */
  public metricUpstreamAttempts(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('UpstreamAttempts', task, options);
  }

  /** Requests turned away before any tier was asked: by guards, residency, open breakers, full queues or budgets. */
  public metricRefusals(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Refusals', task, options);
  }

  /** USD of every billed call that requests caused. */
  public metricCostUsd(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('CostUsd', task, options);
  }

  /** USD the same tokens had cost at the frontier tier. */
  public metricFrontierCostUsd(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('FrontierCostUsd', task, options);
  }

  /** USD of the routing itself. */
  public metricRoutingCostUsd(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('RoutingCostUsd', task, options);
  }

  /** Milliseconds from the request to the end of its answer. */
  public metricLatency(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('Latency', task, options);
  }

  /** Milliseconds from the request to the first content that left. */
  public metricTimeToFirstContent(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('TimeToFirstContent', task, options);
  }

  /** Milliseconds of latency outside calls to tiers. */
  public metricRouterOverhead(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('RouterOverhead', task, options);
  }

  /** Answers that an oracle did not pass. */
  public metricOracleFailures(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('OracleFailures', task, options);
  }

  /** Answers or tool calls that broke their JSON schema. */
  public metricSchemaFailures(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('SchemaFailures', task, options);
  }

  /** Calls in which a tier refused the credentials of the router. */
  public metricUpstreamAuthFailures(task: string, options?: RouterMetricOptions): cloudwatch.Metric {
    return this.metric('UpstreamAuthFailures', task, options);
  }

  /** Share of requests that profiling saw begin or end above the first tier: the published baseline. */
  public metricBaselineEscalationRate(task: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BaselineEscalationRate', task, options);
  }

  /** Upper bound of the baseline. */
  public metricBaselineEscalationHigh(task: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BaselineEscalationHigh', task, options);
  }

  /** Lower bound of the baseline. */
  public metricBaselineEscalationLow(task: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BaselineEscalationLow', task, options);
  }

  /** Share of requests that began or ended above the first tier. */
  public metricEscalationRate(task: string, options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      expression: '(upRoutes + escalations) / requests',
      usingMetrics: {
        upRoutes: this.metricUpRoutes(task),
        escalations: this.metricEscalations(task),
        requests: this.metricRequests(task),
      },
      label: `${task} escalation rate`,
      ...options,
    });
  }

  /** Seconds since the router last found its policy to be the active one. */
  public metricPolicyAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.build(POLICY_AGE.name, statisticOf(POLICY_AGE), {}, options);
  }

  /** How far the escalation deviation lies beyond its limit, by the watch function: of the worst task, or of one task. */
  public metricEscalationExcess(task?: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricWatched(ESCALATION_EXCESS.name, { ...options, ...(task !== undefined && { task }) });
  }

  /** How far the first tier's quality lies below what the target allows, by the watch function: of the worst task, or of one. */
  public metricQualityShortfall(task?: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricWatched(QUALITY_SHORTFALL.name, { ...options, ...(task !== undefined && { task }) });
  }

  /** Runs of the watch function that came to their end. */
  public metricWatchHeartbeat(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricWatched(WATCH_HEARTBEAT.name, options);
  }

  /**
   * Any signal of the watch function by its name: of a task, of a tier, or of the router as a whole. After a crash it may put
   * the values of a period twice, so read them by statistics that a second copy does not change: never by their sum.
   */
  public metricWatched(name: string, options: WatchMetricOptions = {}): cloudwatch.Metric {
    const { task, tier, ...rest } = options;
    const signal = watchSignalNamed(name);
    const within = task !== undefined ? 'task' : tier !== undefined ? 'tier' : 'router';
    if (!signal.within.includes(within) || (task !== undefined && tier !== undefined)) {
      throw new Error(`"${name}" is a signal of each ${signal.within.join(', and of the ')}; say which, and no other`);
    }
    const dimensions = { ...(task !== undefined && { Task: task }), ...(tier !== undefined && { Tier: tier }) };
    return this.build(name, statisticOf(signal), dimensions, rest);
  }

  /** Any signal of a task by its name. */
  public metric(name: string, task: string, options: RouterMetricOptions = {}): cloudwatch.Metric {
    const { tier, ...rest } = options;
    const signal = taskSignal(name, tier);
    return this.build(name, statisticOf(signal), { Task: task, ...(tier === undefined ? {} : { Tier: tier }) }, rest);
  }

  /** A signal of one customer; only where the router has `customerMetrics`. */
  public metricOfCustomer(name: string, customer: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.build(name, statisticOf(customerSignalNamed(name)), { Customer: customer }, options);
  }

  /**
   * A signal summed over all tasks, also over those that were published after the deployment. For graphs only: CloudWatch
   * allows no search in an alarm.
   */
  public graphTotal(name: string, options: RouterGraphOptions = {}): cloudwatch.MathExpression {
    return this.graph('SUM', name, options);
  }

  /** The highest value of a signal among all tasks. For graphs only. */
  public graphHighest(name: string, options: RouterGraphOptions = {}): cloudwatch.MathExpression {
    return this.graph('MAX', name, options);
  }

  /**
   * A count of all tasks together, also of those that were published after the deployment, as one query: what an alarm may
   * hold. CloudWatch evaluates such a query over the last three hours at most.
   */
  public queryTotal(name: string, options: cloudwatch.MathExpressionOptions = {}): cloudwatch.MathExpression {
    const signal = taskSignal(name, undefined);
    if (signal.unit !== 'Count') throw new Error(`"${name}" is no count; only counts can be added up over all tasks`);
    return this.query(name, 'SUM', 'Task', options);
  }

  /**
   * A line for each task, or for each tier, of a signal of the watch function, also for those that were published after the
   * deployment. For graphs only.
   */
  public graphWatched(name: string, options: cloudwatch.MathExpressionOptions = {}): cloudwatch.MathExpression {
    const per = partOf(name);
    const expression = searchExpression({
      router: this.router,
      name,
      statistic: statisticOf(watchSignalNamed(name)),
      periodSeconds: (options.period ?? Duration.minutes(5)).toSeconds(),
      per,
    });
    return new cloudwatch.MathExpression({ expression, label: `\${PROP('Dim.${per}')}`, ...options });
  }

  /** The highest value that the watch function found among all tasks, or tiers, as one query: what an alarm may hold. */
  public queryHighest(name: string, options: cloudwatch.MathExpressionOptions = {}): cloudwatch.MathExpression {
    return this.query(name, 'MAX', partOf(name), options);
  }

  private query(
    name: string,
    over: 'SUM' | 'MAX',
    per: 'Task' | 'Tier',
    options: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const expression = queryExpression({ router: this.router, name, over, per });
    return new cloudwatch.MathExpression({ expression, usingMetrics: {}, label: name, ...options });
  }

  private graph(over: 'SUM' | 'MAX', name: string, options: RouterGraphOptions): cloudwatch.MathExpression {
    const { tier, statistic = statisticOf(taskSignal(name, tier)), ...rest } = options;
    const periodSeconds = (rest.period ?? Duration.minutes(5)).toSeconds();
    const search = searchExpression({
      router: this.router,
      name,
      statistic,
      periodSeconds,
      ...(tier === undefined ? {} : { tier }),
    });
    return new cloudwatch.MathExpression({ expression: `${over}(${search})`, label: tier ?? name, ...rest });
  }

  private build(
    metricName: string,
    statistic: string,
    dimensions: Record<string, string>,
    options: cloudwatch.MetricOptions = {},
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      statistic,
      period: Duration.minutes(5),
      ...options,
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { Router: this.router, ...dimensions },
    });
  }
}

function taskSignal(name: string, tier: string | undefined): Signal {
  const signal = signalNamed(name);
  if (signal.per === 'router')
    throw new Error(`"${name}" is a signal of the router, not of a task; use metricPolicyAge()`);
  if (signal.per === 'task' && tier !== undefined) {
    throw new Error(`"${name}" is a signal of a task as a whole; leave out the tier "${tier}"`);
  }
  return signal;
}

/** What tells the series of a watched signal apart. */
function partOf(name: string): 'Task' | 'Tier' {
  const { within } = watchSignalNamed(name);
  if (within.includes('task')) return 'Task';
  if (within.includes('tier')) return 'Tier';
  throw new Error(`"${name}" is a signal of the router as a whole; use metricWatched`);
}
