import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { LlmRouterProps } from './llm-router-props';
import type { IVllmMetrics } from './metrics/vllm-metrics';
import type { PromptLog } from './prompt-log';
import { addOutputs } from './router/add-outputs';
import { settleInNetwork } from './router/settle-in-network';
import { RouterAlarms } from './router-alarms';
import { RouterApi } from './router-api';
import { RouterDashboard } from './router-dashboard';
import { RouterFunction } from './router-function';
import { RouterMetrics } from './router-metrics';
import { RouterTables } from './router-tables';
import { RouterWatch } from './router-watch';
import type { ITier } from './tiers/tier';

export type { LlmRouterProps } from './llm-router-props';

/**
 * A whole router: tables, function, API, metrics, alarms and a dashboard around a policy and its tiers. Callers reach it
 * under `url`, with keys that `tierwise key create` makes; clients of OpenAI take `url` and `v1` as their base.
 *
 * Give what you have (VPC, tables, API, authorizer, topic); what you leave out is made. To put it together differently, use
 * the parts by themselves: `RouterTables`, `RouterFunction`, `RouterApi`, `RouterMetrics`, `RouterAlarms`, `RouterDashboard`,
 * `RouterWatch`.
 */
export class LlmRouter extends Construct implements ec2.IConnectable {
  /** Policies, attribution records, keys and budgets. */
  public readonly tables: RouterTables;
  /** The function that routes. */
  public readonly function: RouterFunction;
  /** How callers reach it. */
  public readonly api: RouterApi;
  /** Its metrics. */
  public readonly metrics: RouterMetrics;
  /** Its alarms. */
  public readonly alarms: RouterAlarms;
  /** Its dashboard. */
  public readonly dashboard: RouterDashboard;
  /** What watches it, unless nothing does. */
  public readonly watch?: RouterWatch;
  private readonly promptLog?: PromptLog;

  public constructor(scope: Construct, id: string, props: LlmRouterProps) {
    super(scope, id);
    this.checkProps(props);
    if (props.promptLog !== undefined) this.promptLog = props.promptLog;
    this.tables = props.tables ?? this.createTables(props);
    this.function = this.createFunction(props);
    if (props.network !== undefined) {
      const { policy, tiers, network } = props;
      settleInNetwork(this, network, { policy, tiers, function: this.function, tables: this.tables });
    }
    this.api = this.createApi(props);
    this.metrics = new RouterMetrics(this.function.routerName);
    this.alarms = this.createAlarms(props);
    this.dashboard = this.createDashboard(props);
    if (props.isWatched !== false) this.watch = this.createWatch(props);
    addOutputs(this, { url: this.url, function: this.function, tables: this.tables });
  }

  /** Where callers reach the router, with a slash at the end. */
  public get url(): string {
    return this.api.url;
  }

  /** The function's security groups. Throws where it is in no VPC. */
  public get connections(): ec2.Connections {
    return this.function.connections;
  }

  /** May publish policies, and nothing else. Only where `publishers` are given. */
  public get publisherRole(): iam.IRole | undefined {
    return this.tables.publisherRole;
  }

  /** Lets a caller sign requests to the router. Of use where calls are authorized by IAM. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantInvoke(grantee);
  }

  /** Lets somebody publish policies, roll them back and read their history. */
  public grantPublish(grantee: iam.IGrantable): iam.Grant {
    return this.tables.grantPublish(grantee);
  }

  /** Lets the person on call disable tiers, override tasks, and acknowledge what the watch function raised. */
  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    return this.tables.grantOperate(grantee);
  }

  /** Lets somebody erase a customer by `tierwise erase`: what the tables keep, and prompts where any are kept. */
  public grantErase(grantee: iam.IGrantable): iam.Grant {
    const grant = this.tables.grantErase(grantee);
    return this.promptLog === undefined ? grant : grant.combine(this.promptLog.grantErase(grantee));
  }

  private checkProps(props: LlmRouterProps): void {
    this.refuse(props, 'tables', ['encryptionKey', 'publishers'], 'set them on the tables');
    this.refuse(props, 'network', ['vpc', 'vpcSubnets'], 'the function runs in the isolated subnets of the network');
    this.refuse(props, 'network', ['promptLog'], 'a bucket lies outside it, and prompts may not leave it');
    if (props.isWatched === false && props.watch !== undefined) {
      throw new Error(
        `${this.node.path}: watch says how to watch, and isWatched that nothing does; leave one of them out`,
      );
    }
    this.refuse(props, 'network', ['api'], 'the API is private there, and made by the router');
  }

  private refuse(
    props: LlmRouterProps,
    given: keyof LlmRouterProps,
    names: readonly (keyof LlmRouterProps)[],
    why: string,
  ): void {
    const excess = names.filter((name) => props[name] !== undefined);
    if (props[given] === undefined || excess.length === 0) return;
    throw new Error(`${this.node.path}: ${excess.join(', ')} cannot be given together with ${given}: ${why}`);
  }

  private createTables({ encryptionKey, removalPolicy, publishers }: LlmRouterProps): RouterTables {
    return new RouterTables(this, 'Tables', {
      ...(encryptionKey !== undefined && { encryptionKey }),
      ...(removalPolicy !== undefined && { removalPolicy }),
      ...(publishers !== undefined && { publishers }),
    });
  }

  private createFunction(props: LlmRouterProps): RouterFunction {
    const { network } = props;
    return new RouterFunction(this, 'Function', {
      ...props,
      tables: this.tables,
      ...(network !== undefined && { vpc: network.vpc, vpcSubnets: network.subnets }),
    });
  }

  private createApi(props: LlmRouterProps): RouterApi {
    const privateEndpoint = props.privateEndpoint ?? props.network?.apiEndpoint;
    const accessLogRemovalPolicy = props.accessLogRemovalPolicy ?? (props.api ? undefined : props.removalPolicy);
    return new RouterApi(this, 'Api', {
      ...props,
      function: this.function.handler,
      ...(accessLogRemovalPolicy !== undefined && { accessLogRemovalPolicy }),
      ...(privateEndpoint !== undefined && { privateEndpoint }),
    });
  }

  private createAlarms(props: LlmRouterProps): RouterAlarms {
    const { policy, alarmTopic, warningTopic, alarmNamePrefix } = props;
    return new RouterAlarms(this, 'Alarms', {
      policy,
      metrics: this.metrics,
      function: this.function.lambdaFunction as lambda.IFunction,
      tables: this.tables,
      api: this.api,
      vllmTiers: vllmTiersOf(props.tiers),
      ...(props.isWatched !== undefined && { isWatched: props.isWatched }),
      ...(alarmTopic !== undefined && { topic: alarmTopic }),
      ...(warningTopic !== undefined && { warningTopic }),
      ...(alarmNamePrefix !== undefined && { alarmNamePrefix }),
    });
  }

  private createWatch(props: LlmRouterProps): RouterWatch {
    const { policy, network, environment, memorySize, logRetention, removalPolicy, tiers } = props;
    return new RouterWatch(this, 'Watch', {
      ...(logRetention !== undefined && { logRetention }),
      ...(removalPolicy !== undefined && { removalPolicy }),
      ...props.watch,
      policy,
      tables: this.tables,
      function: this.function,
      loadBalancers: Object.keys(vllmTiersOf(tiers)).length,
      ...(network !== undefined && { network }),
      ...(environment !== undefined && { environment }),
      ...(memorySize !== undefined && { routerMemorySize: memorySize }),
    });
  }

  private createDashboard({ policy, tiers, isWatched }: LlmRouterProps): RouterDashboard {
    return new RouterDashboard(this, 'Dashboard', {
      policy,
      metrics: this.metrics,
      function: this.function.lambdaFunction as lambda.IFunction,
      alarms: this.alarms,
      api: this.api,
      vllmTiers: vllmTiersOf(tiers),
      ...(isWatched !== undefined && { isWatched }),
    });
  }
}

/** Tiers that tell of their queue and cache, whoever made them. */
function vllmTiersOf(tiers: Readonly<Record<string, ITier>>): Record<string, ITier & IVllmMetrics> {
  return Object.fromEntries(
    Object.entries(tiers).filter((entry): entry is [string, ITier & IVllmMetrics] => isVllm(entry[1])),
  );
}

function isVllm(tier: ITier): boolean {
  const methods: readonly (keyof IVllmMetrics)[] = ['metricWaiting', 'metricRunning', 'metricKvCache'];
  return methods.every((method) => method in tier);
}
