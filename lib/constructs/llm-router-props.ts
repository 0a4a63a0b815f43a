import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { PolicySource } from './policy-source';
import type { PromptLog } from './prompt-log';
import type { ResidencyNetwork } from './residency-network';
import type { RouterApiOptions } from './router-api-props';
import type { RouterTables } from './router-tables';
import type { RouterWatchOptions } from './router-watch-props';
import type { ITier } from './tiers/tier';

/** A whole router: what it must be given, and what it takes where you have your own. */
export interface LlmRouterProps extends RouterApiOptions {
  /** In force until one is published, and what no published one may widen. */
  readonly policy: PolicySource;
  /** A tier for each tier of the policy, by its id there. */
  readonly tiers: { [id: string]: ITier };
  /**
   * The `Router` dimension of every metric: unique in the account and region.
   *
   * @default - a name made of the construct's path
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
   * VPC of the function. Tiers in a VPC are reached only from there.
   *
   * @default - none, or that of the residency network
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of the function.
   *
   * @default - private subnets with a way out, else isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the function.
   *
   * @default - one that lets out what the function needs
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * A network without a way out. The function runs in it, the API is private, and a tier that would carry the prompts of a
   * `vpc` task outside is refused. Say who may call with the network's `allowCallers`.
   *
   * @default - none: prompts go where the tiers' locations say
   */
  readonly network?: ResidencyNetwork;
  /**
   * Tables of yours.
   *
   * @default - new ones
   */
  readonly tables?: RouterTables;
  /**
   * Encrypts the new tables.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * What becomes of the new tables and log groups when they leave the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Who may take the role that publishes policies.
   *
   * @default - no such role; see `grantPublish`
   */
  readonly publishers?: iam.IPrincipal[];
  /**
   * Memory of the function in MiB, which decides its share of a processor too.
   *
   * @default 1024
   */
  readonly memorySize?: number;
  /**
   * The most requests at a time. A stream counts as long as it lasts.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Instances of the function kept warm.
   *
   * @default - no instance waits: the first request to each new one takes longer
   */
  readonly provisionedConcurrentExecutions?: number;
  /**
   * More variables of the function, such as those that the policy reads.
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
   * How long the function's log group keeps its lines, metrics among them.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Whether a function watches the router: without it nobody judges drift, quality and saving.
   *
   * @default true
   */
  readonly isWatched?: boolean;
  /**
   * How the router is watched.
   *
   * @default - every five minutes, with what the router's own parts cost at list prices
   */
  readonly watch?: RouterWatchOptions;
  /**
   * Where alarms go, and their end.
   *
   * @default - alarms change their state and tell nobody
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * Where alarms go that can wait for the morning.
   *
   * @default - where the others go
   */
  readonly warningTopic?: sns.ITopic;
  /**
   * Begins the name of every alarm; must be unique in the account and region.
   *
   * @default - CloudFormation makes the names
   */
  readonly alarmNamePrefix?: string;
}
