import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Policy } from '../core/types-policy';
import { AlarmFactory } from './alarms/alarm-factory';
import { createTaskAlarms, type TaskAlarms } from './alarms/task-alarms';
import { createWatchAlarms, ONE_OF_THREE, type WatchAlarms } from './alarms/watch-alarms';
import type { IVllmMetrics } from './metrics/vllm-metrics';
import type { PolicySource } from './policy-source';
import type { RouterApi } from './router-api';
import type { RouterMetrics } from './router-metrics';
import type { RouterTables } from './router-tables';

export type { TaskAlarms } from './alarms/task-alarms';
export type { WatchAlarms } from './alarms/watch-alarms';
export type { IVllmMetrics } from './metrics/vllm-metrics';

/** What to watch, and whom to tell. */
export interface RouterAlarmsProps {
  /** Metrics of the router. */
  readonly metrics: RouterMetrics;
  /** The policy whose tasks get alarms of their own, with the limits it sets. */
  readonly policy: PolicySource;
  /** The router's function. */
  readonly function: lambda.IFunction;
  /** The router's tables. */
  readonly tables: RouterTables;
  /**
   * The router's API.
   *
   * @default - no alarm on the API's errors
   */
  readonly api?: RouterApi;
  /**
   * Tiers that run vLLM, by their id in the policy.
   *
   * @default - no alarms on queues and caches
   */
  readonly vllmTiers?: { [tier: string]: IVllmMetrics };
  /**
   * Where alarms go, and their end.
   *
   * @default - alarms change their state and tell nobody
   */
  readonly topic?: sns.ITopic;
  /**
   * Where alarms go that can wait for the morning, such as a baseline that has grown old.
   *
   * @default - where the others go
   */
  readonly warningTopic?: sns.ITopic;
  /**
   * Address of your copy of the runbook; each alarm names its section there.
   *
   * @default - the runbook of this package
   */
  readonly runbookUrl?: string;
  /**
   * Whether a watch function runs beside the router. Its heartbeat is watched then, and all that it finds.
   *
   * @default true
   */
  readonly isWatched?: boolean;
  /**
   * Begins the name of every alarm; must be unique in the account and region.
   *
   * @default - CloudFormation makes the names
   */
  readonly alarmNamePrefix?: string;
  /**
   * Share of a task's requests that may move to another tier because a tier fails.
   *
   * @default 0.1
   */
  readonly fallbackRateAbove?: number;
  /**
   * Share of a task's requests that may be served by other tiers than its baseline intends, beyond what chance makes of it.
   *
   * @default 0.1
   */
  readonly tierMixAbove?: number;
  /**
   * Share of the API's answers that may be 5XX.
   *
   * @default 0.05
   */
  readonly serverErrorRateAbove?: number;
  /**
   * Requests that may wait at a vLLM tier.
   *
   * @default - half of what the policy lets queue there (`queue.maxWaiting`), or 8
   */
  readonly waitingAbove?: number;
  /**
   * Share of a vLLM tier's KV cache that may be in use.
   *
   * @default 0.95
   */
  readonly kvCacheAbove?: number;
  /**
   * How old the router's knowledge of the active policy may be.
   *
   * @default Duration.minutes(15)
   */
  readonly policyAgeAbove?: Duration;
}

/**
 * The alarms of a router. Each task of the policy has its own: four on its escalation rate against the published baseline
 * (above and below, over five minutes and over a day), on schema failures, fallbacks and time to first content. The baseline
 * is read from the metrics, so a new one needs no deployment; a task without one is not judged. A task published later is
 * covered by `escalationExcess` and by the other alarms on what the watch function finds. Silence is never breaching, save
 * that of the watch function. The description of each alarm names its section of the runbook.
 */
export class RouterAlarms extends Construct {
  /** A task of any policy deviates from its baseline, by the watch function. */
  public readonly escalationExcess: cloudwatch.Alarm;
  /** What else the watch function finds; absent where none runs. */
  public readonly watch?: WatchAlarms;
  /** A tier refused the credentials of the router. */
  public readonly upstreamAuth: cloudwatch.Alarm;
  /** Invocations of the function failed. */
  public readonly functionErrors: cloudwatch.Alarm;
  /** Lambda turned requests away. */
  public readonly functionThrottles: cloudwatch.Alarm;
  /** The API answers with errors; absent without an API. */
  public readonly serverErrors?: cloudwatch.Alarm;
  /** The router could not confirm its policy for too long. */
  public readonly policyAge: cloudwatch.Alarm;

  private readonly props: RouterAlarmsProps;
  private readonly policy: Policy;
  private readonly factory: AlarmFactory;
  private readonly tasks: ReadonlyMap<string, TaskAlarms>;

  public constructor(scope: Construct, id: string, props: RouterAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.policy = props.policy._policy;
    this.factory = createFactory(props);
    this.tasks = this.createTasks();
    this.escalationExcess = this.factory.add(this, 'EscalationExcess', {
      kind: 'escalationExcess',
      metric: props.metrics.metricEscalationExcess(),
      above: 0,
      ...ONE_OF_THREE,
    });
    if (props.isWatched ?? true) this.watch = this.createWatch();
    this.upstreamAuth = this.createUpstreamAuth();
    this.functionErrors = this.factory.add(this, 'FunctionErrors', {
      kind: 'functionErrors',
      metric: props.function.metricErrors(),
      above: 0,
    });
    this.functionThrottles = this.factory.add(this, 'FunctionThrottles', {
      kind: 'functionThrottles',
      metric: props.function.metricThrottles(),
      above: 0,
    });
    if (props.api !== undefined) this.serverErrors = this.createServerErrors(props.api);
    this.policyAge = this.createPolicyAge();
    this.createTables();
    this.createVllmTiers();
  }

  /** Every alarm. */
  public get all(): cloudwatch.Alarm[] {
    return [...this.factory.alarms];
  }

  /** The alarms of one task of the policy. */
  public forTask(task: string): TaskAlarms {
    const alarms = this.tasks.get(task);
    if (alarms === undefined) {
      throw new Error(`no task of the policy is called "${task}"; allowed: ${[...this.tasks.keys()].join(', ')}`);
    }
    return alarms;
  }

  private createTasks(): Map<string, TaskAlarms> {
    const scope = new Construct(this, 'Tasks');
    const { metrics, fallbackRateAbove = 0.1, isWatched = true } = this.props;
    const shared = { metrics, factory: this.factory, limits: this.policy.alarms, fallbackRateAbove, isWatched };
    const tasks = Object.values(this.policy.tasks);
    return new Map(tasks.map((task) => [task.id, createTaskAlarms(scope, { ...shared, task })]));
  }

  private createWatch(): WatchAlarms {
    const { metrics, tierMixAbove = 0.1 } = this.props;
    const { factory } = this;
    return createWatchAlarms(this, { metrics, factory, limits: this.policy.alarms, tierMixAbove });
  }

  /** A query over all tasks, so that a task published later is covered; an alarm may hold one where it may not search. */
  private createUpstreamAuth(): cloudwatch.Alarm {
    return this.factory.add(this, 'UpstreamAuth', {
      kind: 'upstreamAuth',
      metric: this.props.metrics.queryTotal('UpstreamAuthFailures'),
      above: 0,
    });
  }

  private createServerErrors(api: RouterApi): cloudwatch.Alarm {
    const { serverErrorRateAbove = 0.05 } = this.props;
    return this.factory.add(this, 'ServerErrors', {
      kind: 'serverErrors',
      metric: new cloudwatch.MathExpression({
        expression: `IF(count >= ${this.policy.alarms.minRequests}, errors / count, 0)`,
        usingMetrics: { count: api.metricCount(), errors: api.metricServerErrors() },
        label: 'share of 5XX',
      }),
      above: serverErrorRateAbove,
      periods: 2,
    });
  }

  private createPolicyAge(): cloudwatch.Alarm {
    const { policyAgeAbove = Duration.minutes(15), metrics } = this.props;
    return this.factory.add(this, 'PolicyAge', {
      kind: 'policyAge',
      metric: metrics.metricPolicyAge(),
      above: policyAgeAbove.toSeconds(),
    });
  }

  private createTables(): void {
    const { policyTable, attributionTable, accessTable } = this.props.tables;
    const scope = new Construct(this, 'Tables');
    const tables = { Policy: policyTable, Attribution: attributionTable, Access: accessTable };
    for (const [name, table] of Object.entries(tables)) {
      this.factory.add(scope, `${name}Throttled`, {
        kind: 'tableThrottled',
        subject: name.toLowerCase(),
        metric: throttledRequests(table),
        above: 0,
      });
    }
  }

  private createVllmTiers(): void {
    const { vllmTiers = {}, waitingAbove, kvCacheAbove = 0.95 } = this.props;
    const scope = new Construct(this, 'Tiers');
    for (const [tier, metrics] of Object.entries(vllmTiers)) {
      const maxWaiting = this.policy.tiers[tier]?.queue?.maxWaiting;
      const common = { subject: tier, periods: 3 };
      this.factory.add(scope, `${tier}Waiting`, {
        ...common,
        kind: 'vllmWaiting',
        metric: metrics.metricWaiting(),
        above: waitingAbove ?? (maxWaiting === undefined ? 8 : maxWaiting / 2),
      });
      this.factory.add(scope, `${tier}KvCache`, {
        ...common,
        kind: 'vllmCache',
        metric: metrics.metricKvCache(),
        above: kvCacheAbove,
      });
    }
  }
}

function createFactory({ topic, warningTopic, alarmNamePrefix, runbookUrl }: RouterAlarmsProps): AlarmFactory {
  return new AlarmFactory({
    ...(topic !== undefined && { topic }),
    ...(warningTopic !== undefined && { warningTopic }),
    ...(alarmNamePrefix !== undefined && { namePrefix: alarmNamePrefix }),
    ...(runbookUrl !== undefined && { runbookUrl }),
  });
}

/**
 * Requests of every operation, on the table and its index. A query, since a sum of metrics is missing wherever one of them
 * is, and DynamoDB reports throttled requests only where there are some.
 */
function throttledRequests(table: dynamodb.ITable): cloudwatch.IMetric {
  const schema = 'SCHEMA("AWS/DynamoDB", Operation, TableName)';
  return new cloudwatch.MathExpression({
    expression: `SELECT SUM(ThrottledRequests) FROM ${schema} WHERE TableName = '${table.tableName}'`,
    usingMetrics: {},
    label: 'throttled requests',
  });
}
