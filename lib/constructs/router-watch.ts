import { Duration, Lazy, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRIC_NAMESPACE } from '../core/contract';
import type { OwnPrices } from '../core/telemetry/watch/nouns';
import { executionRole } from './function/execution-role';
import { POLICY_PATH, policyLayer } from './function/policy-layer';
import { watchCode } from './function/router-code';
import type { ResidencyNetwork } from './residency-network';
import type { RouterWatchProps } from './router-watch-props';
import { ownPricesOf } from './watch/own-prices';

export type { RouterWatchOptions, RouterWatchProps } from './router-watch-props';

const EVERY = Duration.minutes(5);
/** Less than there is between two runs, and enough to catch up with hours of an outage at once. */
const TIMEOUT = Duration.minutes(4);
const MEMORY_MIB = 1024;

/**
 * Watches a router: every five minutes a function adds up what came, holds it against the published baselines, and puts what
 * it finds as metrics, which `RouterAlarms` and `RouterDashboard` show. A task whose answers break their schema is raised by
 * it where the policy says so.
 *
 * It reads each record once, by the minute in which it came, and never a whole table. What it has added up it remembers: it
 * catches up with an outage by itself and counts nothing twice, so a run that fails is not repeated but followed by the next.
 * One that never comes to its end shows by its heartbeat, which `RouterAlarms` watches. Of two that run at once one works.
 *
 * At the list prices of us-east-1 it costs about USD 0.91 a month and USD 0.06 for each million requests; its metrics cost
 * USD 0.30 each a month, some fifteen for each task.
 */
export class RouterWatch extends Construct implements ec2.IConnectable {
  /** The function itself. */
  public readonly lambdaFunction: lambda.Function;
  /** What the function may do: read what came, write its sums, put metrics, raise tasks. */
  public readonly role: iam.IRole;
  /** Where the function logs what it finds. */
  public readonly logGroup: logs.ILogGroup;
  /** Starts it every five minutes. */
  public readonly rule: events.Rule;

  private readonly isInVpc: boolean;

  constructor(scope: Construct, id: string, props: RouterWatchProps) {
    super(scope, id);
    const { tables, network } = props;
    this.isInVpc = network !== undefined;
    this.logGroup = props.logGroup ?? this.newLogGroup(props);
    const role = executionRole(this, 'Role', {
      logGroup: this.logGroup,
      isInVpc: this.isInVpc,
      isTraced: false,
      description: 'Watches a Tierwise router',
    });
    this.role = role;
    this.lambdaFunction = this.newFunction(props, role);
    tables.grantWatch(role);
    this.grantMetrics(role);
    if (network !== undefined) this.settleIn(network, props);
    this.rule = this.newRule();
  }

  /** The function's security groups. Throws where it is in no VPC. */
  public get connections(): ec2.Connections {
    if (!this.isInVpc)
      throw new Error(`${this.node.path}: the watch function is in no VPC; it runs in one with a network`);
    return this.lambdaFunction.connections;
  }

  private newLogGroup({ logRetention, removalPolicy }: RouterWatchProps): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      retention: logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  private newFunction(props: RouterWatchProps, role: iam.IRole): lambda.Function {
    const { policy, network, memorySize = MEMORY_MIB } = props;
    return new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(watchCode()),
      handler: 'index.handler',
      description: `Watches Tierwise router ${policy._policy.id}`,
      layers: [policyLayer(this, 'Policy', policy)],
      role,
      logGroup: this.logGroup,
      memorySize,
      timeout: TIMEOUT,
      environment: this.variables(props),
      // The next run does whatever one has left undone; nothing is lost for which a queue would have to stand.
      retryAttempts: 0,
      maxEventAge: EVERY,
      ...(network !== undefined && {
        vpc: network.vpc,
        vpcSubnets: network.subnets,
        securityGroups: [this.newSecurityGroup(network)],
      }),
    });
  }

  private variables({ tables, environment, ...props }: RouterWatchProps): { [name: string]: string } {
    return {
      ...environment,
      [ENVIRONMENT.router]: props.function.routerName,
      [ENVIRONMENT.policyFile]: POLICY_PATH,
      [ENVIRONMENT.policyTable]: tables.policyTable.tableName,
      [ENVIRONMENT.attributionTable]: tables.attributionTable.tableName,
      [ENVIRONMENT.accessTable]: tables.accessTable.tableName,
      // Other parts of the stack may still be to come, such as endpoints of the network.
      [ENVIRONMENT.ownPrices]: Lazy.string({ produce: () => JSON.stringify(this.ownPrices({ tables, ...props })) }),
    };
  }

  private ownPrices(props: RouterWatchProps): OwnPrices {
    const { policy, network, routerMemorySize = MEMORY_MIB, loadBalancers = 0 } = props;
    const tasks = Object.values(policy._policy.tasks);
    const zones = network?.vpc.selectSubnets(network.subnets).availabilityZones.length ?? 0;
    const reckoned = ownPricesOf({
      memoryGb: routerMemorySize / 1024,
      tasks: tasks.length,
      rungs: tasks.reduce((sum, { ladder }) => sum + ladder.length, 0),
      loadBalancers,
      endpoints: Object.keys(network?.endpoints ?? {}).length * zones,
    });
    return {
      perRequestUsd: props.perRequestUsd ?? reckoned.perRequestUsd,
      perSecondUsd: props.perSecondUsd ?? reckoned.perSecondUsd,
      perHourUsd: props.perHourUsd ?? reckoned.perHourUsd,
    };
  }

  private newSecurityGroup({ vpc }: ResidencyNetwork): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      allowAllOutbound: false,
      description: 'Watch function of a Tierwise router',
    });
  }

  private grantMetrics(role: iam.Role): void {
    const policy = new iam.Policy(role, 'Metrics', {
      statements: [
        new iam.PolicyStatement({
          actions: ['cloudwatch:PutMetricData'],
          resources: ['*'],
          conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
        }),
      ],
    });
    policy.attachToRole(role);
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'CloudWatch knows no resources to put metrics to; the condition binds them to the namespace of the router.',
    });
  }

  private settleIn(network: ResidencyNetwork, { tables }: RouterWatchProps): void {
    const { policyTable, attributionTable, accessTable } = tables;
    const variables = network.forWatch(this, [policyTable, attributionTable, accessTable]);
    for (const [name, value] of Object.entries(variables)) this.lambdaFunction.addEnvironment(name, value);
  }

  private newRule(): events.Rule {
    return new events.Rule(this, 'Schedule', {
      schedule: events.Schedule.rate(EVERY),
      description: `Watches Tierwise router ${Stack.of(this).stackName}`,
      targets: [new targets.LambdaFunction(this.lambdaFunction, { retryAttempts: 0, maxEventAge: EVERY })],
    });
  }
}
