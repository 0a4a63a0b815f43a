import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { PolicySource } from './policy-source';
import type { PromptLog } from './prompt-log';
import type { RouterTables } from './router-tables';
import type { ITier } from './tiers/tier';

/** The function that routes. */
export interface RouterFunctionProps {
  /** In force until one is published, and what no published one may widen. */
  readonly policy: PolicySource;
  /** Where policies, records and keys are kept. */
  readonly tables: RouterTables;
  /**
   * Tiers by their id in the policy. Every tier of the policy must have one in the end; see `addTier`.
   *
   * @default - none yet
   */
  readonly tiers?: { [id: string]: ITier };
  /**
   * The `Router` dimension of every metric: 1 to 255 printable ASCII characters.
   *
   * @default - a name made of the construct's path, unique in the account and region
   */
  readonly routerName?: string;
  /**
   * Metrics of each customer too, with the dimensions `Router` and `Customer`: requests, refusals, the three costs, latency and
   * time to first content. A customer is whom a key names, never who a caller says to be. They are seven metrics, so each
   * customer costs USD 2.10 a month at the list price of us-east-1, which is not among what the watch subtracts from savings.
   * CloudWatch keeps a customer's name for 15 months, and erasing the customer does not take it out.
   *
   * @default false
   */
  readonly customerMetrics?: boolean;
  /**
   * VPC to run in. Tiers in a VPC are reached only from there.
   *
   * @default - outside any VPC
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets to run in.
   *
   * @default - private subnets with a way out, else isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the function.
   *
   * @default - one that lets out what tiers need and, where the subnets have a way out, HTTPS, by which AWS is reached
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Memory in MiB, which decides the share of a processor too.
   *
   * @default 1024
   */
  readonly memorySize?: number;
  /**
   * How long a request may take, its stream included; at most 15 minutes.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
  /**
   * The most requests at a time. A stream counts as long as it lasts.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Instances kept warm, behind an alias.
   *
   * @default - none, and no alias
   */
  readonly provisionedConcurrentExecutions?: number;
  /**
   * More variables, such as those that the policy reads.
   *
   * @default - those that the router and its tiers need
   */
  readonly environment?: { [name: string]: string };
  /**
   * Between two looks at the policy that is published.
   *
   * @default Duration.seconds(10)
   */
  readonly refreshInterval?: Duration;
  /**
   * Where prompts and answers are kept, should a policy want them to be. Without it no policy can.
   *
   * @default - nowhere: no prompt is ever kept
   */
  readonly promptLog?: PromptLog;
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
  /**
   * Traces by X-Ray.
   *
   * @default lambda.Tracing.DISABLED
   */
  readonly tracing?: lambda.Tracing;
}
