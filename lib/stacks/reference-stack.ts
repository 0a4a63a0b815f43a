import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { LlmRouter } from '../constructs/llm-router';
import type { PolicySource } from '../constructs/policy-source';
import { ResidencyNetwork } from '../constructs/residency-network';
import type { ITier } from '../constructs/tiers/tier';
import type { VllmTier } from '../constructs/tiers/vllm-tier';
import { cloudTier } from './cloud-tier';
import { type ReferenceModel, vllmTier } from './own-tier';

/** How much of the traffic runs on models of one's own. */
export enum Stage {
  /** Every model is rented; there is no VPC. */
  API = 'api',
  /** A model of one's own takes what it can, rented ones the rest. */
  HYBRID = 'hybrid',
  /** Most runs on models of one's own. */
  SELF_HOSTED = 'self-hosted',
}

/** What a reference stack is made of. */
export interface ReferenceStackProps extends StackProps {
  /** Which of the three stages. */
  readonly stage: Stage;
  /** The policy: its tiers say which models to deploy and which to rent. */
  readonly policy: PolicySource;
  /**
   * Whether nothing may leave the VPC: isolated subnets, endpoints only, a private API, and no tier outside for a task
   * whose prompts stay inside.
   *
   * @default false
   */
  readonly residency?: boolean;
  /**
   * What a policy does not say of the models to deploy, by tier.
   *
   * @default - parameters by the model's name, such as 8 billion for `llama-3.1-8b-instruct`; version `v1`
   */
  readonly models?: { [tier: string]: ReferenceModel };
  /**
   * Bucket that holds the weights, at `weights/<model>/<version>/`.
   *
   * @default - a new bucket where the policy has models to deploy
   */
  readonly weightsBucket?: s3.IBucket;
  /**
   * Where alarms go.
   *
   * @default - a new topic without subscribers
   */
  readonly alarmTopic?: sns.ITopic;
}

/**
 * A whole routing stack from one policy: each of its tiers becomes a model on GPUs of the stack's own (where its location is
 * `vpc`), a model of Amazon Bedrock, or an external API whose key lies in Secrets Manager.
 */
export class ReferenceStack extends Stack {
  /** The router. */
  public readonly router: LlmRouter;
  /** Where alarms go. */
  public readonly alarmTopic: sns.ITopic;
  /** Where weights belong, if the policy has models to deploy. */
  public readonly weightsBucket?: s3.IBucket;
  /** Where models and the router run, unless every model is rented. */
  public readonly vpc?: ec2.IVpc;

  private readonly network?: ResidencyNetwork;

  constructor(scope: Construct, id: string, props: ReferenceStackProps) {
    super(scope, id, props);
    this.checkStage(props);
    if (props.residency === true) this.network = new ResidencyNetwork(this, 'Network');
    if (props.stage !== Stage.API || this.network) this.vpc = this.network?.vpc ?? this.newVpc();
    if (ownTiers(props.policy).length > 0) this.weightsBucket = props.weightsBucket ?? this.newWeightsBucket();
    this.alarmTopic = props.alarmTopic ?? new sns.Topic(this, 'AlarmTopic', { enforceSSL: true });
    const tiers = this.tiersOf(props);
    this.router = new LlmRouter(this, 'Router', {
      policy: props.policy,
      tiers,
      alarmTopic: this.alarmTopic,
      ...(this.network ? { network: this.network } : this.vpc && { vpc: this.vpc }),
    });
  }

  private checkStage({ stage, policy, residency }: ReferenceStackProps): void {
    const own = ownTiers(policy);
    if (stage === Stage.API && residency !== true && own.length > 0) {
      throw new Error(
        `stage api has no VPC, but policy ${policy._policy.id} has tiers in one: ${own.join(', ')}; deploy stage hybrid or self-hosted, or take them out`,
      );
    }
    if (stage !== Stage.API && own.length === 0) {
      throw new Error(
        `stage ${stage} runs models of its own, but policy ${policy._policy.id} has no tier with provider openai-compatible and location vpc; deploy stage api, or add one`,
      );
    }
  }

  private tiersOf(props: ReferenceStackProps): { [id: string]: ITier } {
    const { _policy: policy } = props.policy;
    const own = new Set(ownTiers(props.policy));
    const tiers: { [id: string]: ITier } = {};
    for (const tier of Object.values(policy.tiers)) {
      tiers[tier.id] = own.has(tier.id) ? this.ownTier(props, tier.id) : cloudTier(this, tier, props.policy);
    }
    return tiers;
  }

  private ownTier({ policy, models = {} }: ReferenceStackProps, id: string): ITier {
    const { vpc, weightsBucket, network } = this;
    const tier = policy._policy.tiers[id];
    if (!tier || !vpc || !weightsBucket)
      throw new Error(`tier ${id} has no VPC to run in; deploy stage hybrid or self-hosted`);
    const made = vllmTier(this, tier, { vpc, weightsBucket, ...(network && { subnets: network.subnets }) }, models[id]);
    if (network) settle(network, made, weightsBucket);
    return made;
  }

  private newVpc(): ec2.IVpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      // Closing the default group takes a function in the stack; nothing here is ever in that group.
      restrictDefaultSecurityGroup: false,
      // Weights and records go to S3 and DynamoDB without passing the NAT gateway.
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    const group = new logs.LogGroup(this, 'FlowLogs', { retention: logs.RetentionDays.THREE_MONTHS });
    vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(group) });
    return vpc;
  }

  private newWeightsBucket(): s3.IBucket {
    const secure: s3.BucketProps = {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    };
    const accessLogs = new s3.Bucket(this, 'WeightsAccessLogs', secure);
    return new s3.Bucket(this, 'Weights', {
      ...secure,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
    });
  }
}

/** Ids of the tiers that run on GPUs of the stack's own. */
function ownTiers({ _policy: policy }: PolicySource): string[] {
  const isOwn = ({ provider, location }: { provider: string; location: string }): boolean =>
    provider === 'openai-compatible' && location === 'vpc';
  return Object.values(policy.tiers)
    .filter(isOwn)
    .map(({ id }) => id);
}

/** Opens a residency network for a model's instances and tasks. */
function settle(network: ResidencyNetwork, tier: VllmTier, weightsBucket: s3.IBucket): void {
  network.forContainerInstances({ connections: tier.instanceConnections });
  network.forVllm(tier, { weightsBucket, weightsPrefix: 'weights/' });
}
