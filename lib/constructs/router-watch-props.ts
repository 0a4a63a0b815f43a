import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { PolicySource } from './policy-source';
import type { ResidencyNetwork } from './residency-network';
import type { RouterFunction } from './router-function';
import type { RouterTables } from './router-tables';

/** How a router is watched. */
export interface RouterWatchOptions {
  /**
   * Memory of the watch function in MiB. It needs the same for any traffic: beyond 100 requests a second it looks for
   * questions that are asked again among a part of the requests, and counts everything else of all.
   *
   * @default 1024
   */
  readonly memorySize?: number;
  /**
   * What the router's own parts cost for each request, in USD, to subtract from what routing saves.
   *
   * @default - list prices of us-east-1: API, function, tables, logs
   */
  readonly perRequestUsd?: number;
  /**
   * What they cost for each second in which a request waits for a tier, in USD.
   *
   * @default - the list price of the function's memory
   */
  readonly perSecondUsd?: number;
  /**
   * What they cost for each hour, whatever comes, in USD.
   *
   * @default - list prices of us-east-1: metrics, alarms, dashboard, endpoints, load balancers
   */
  readonly perHourUsd?: number;
  /**
   * A log group of yours.
   *
   * @default - a new one
   */
  readonly logGroup?: logs.ILogGroup;
  /**
   * How long the new log group keeps its lines.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * What becomes of the new log group when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What is watched, and from where. */
export interface RouterWatchProps extends RouterWatchOptions {
  /** The policy that is in force until one is published. */
  readonly policy: PolicySource;
  /** The router's tables. */
  readonly tables: RouterTables;
  /** The router's function. */
  readonly function: RouterFunction;
  /**
   * The network without a way out that the router runs in: the watch function runs there too.
   *
   * @default - outside any VPC: it reaches the tables and CloudWatch alone
   */
  readonly network?: ResidencyNetwork;
  /**
   * More variables, such as those by which the policy's prices are written.
   *
   * @default - those that the function needs
   */
  readonly environment?: { [name: string]: string };
  /**
   * Memory of the router's function in MiB, which its price goes by.
   *
   * @default 1024
   */
  readonly routerMemorySize?: number;
  /**
   * How many models of one's own stand behind a load balancer.
   *
   * @default 0
   */
  readonly loadBalancers?: number;
}
