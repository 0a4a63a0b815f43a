import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
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
import { ownImages } from './own-images';
import { isOwn, type OwnPlace, ownTier, weightsAddress } from './own-tier';
import { type ReferenceStackProps, Stage } from './reference-stack-props';
import { addStagingOutputs } from './staging-outputs';

export { type ReferenceModel, type ReferenceStackProps, Stage } from './reference-stack-props';

/**
 * A whole routing stack from one policy: each of its tiers becomes a model on GPUs of the stack's own (where its location is
 * `vpc`), a model of Amazon Bedrock, or an external API whose key lies in Secrets Manager.
 *
 * Models of its own start from weights in a bucket, and with `residency` from images in the account's own registry. Bring
 * both there first, with `tierwise stage weights` and `tierwise stage image`; the outputs say where. Where the stack makes
 * the bucket itself, deploy it `asleep` first.
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
  /** The network without a way out, with `residency`. */
  public readonly network?: ResidencyNetwork;
  /** With `residency`: what carries this group may call the private API. */
  public readonly callers?: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: ReferenceStackProps) {
    super(scope, id, props);
    this.checkProps(props);
    if (props.residency === true) this.network = new ResidencyNetwork(this, 'Network');
    if (props.stage !== Stage.API || this.network) this.vpc = this.network?.vpc ?? this.newVpc();
    if (ownTierIds(props.policy).length > 0) this.weightsBucket = this.bucketOf(props);
    this.alarmTopic = props.alarmTopic ?? new sns.Topic(this, 'AlarmTopic', { enforceSSL: true });
    this.router = new LlmRouter(this, 'Router', {
      policy: props.policy,
      tiers: this.tiersOf(props),
      publishers: props.publishers ?? [new iam.AccountRootPrincipal()],
      alarmTopic: this.alarmTopic,
      cloudWatchRole: props.cloudWatchRole ?? true,
      ...(this.network ? { network: this.network } : this.vpc && { vpc: this.vpc }),
    });
    if (this.network) this.callers = this.newCallers(this.network);
    this.addPublisherOutput();
  }

  private checkProps({ stage, policy, residency, weightsBucket, weightsBucketName }: ReferenceStackProps): void {
    const own = ownTierIds(policy);
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
    if (weightsBucket !== undefined && weightsBucketName !== undefined)
      throw new Error('weightsBucket and weightsBucketName say the same; give one of them');
  }

  private tiersOf(props: ReferenceStackProps): { [id: string]: ITier } {
    const declared = Object.values(props.policy._policy.tiers);
    const rented = declared
      .filter((tier) => !isOwn(tier))
      .map((tier) => [tier.id, cloudTier(this, tier, props.policy)]);
    return { ...this.ownTiersOf(props), ...Object.fromEntries(rented) };
  }

  private ownTiersOf(props: ReferenceStackProps): { [id: string]: ITier } {
    const { vpc, weightsBucket, network } = this;
    if (!vpc || !weightsBucket) return {};
    const { policy, models = {}, asleep = false } = props;
    const images = ownImages(this, props);
    const place: OwnPlace = { vpc, weightsBucket, images, asleep, ...(network && { closedSubnets: network.subnets }) };
    const made = Object.values(policy._policy.tiers)
      .filter(isOwn)
      .map((tier) => ({ tier, construct: ownTier(this, tier, place, models[tier.id]) }));
    if (network) for (const { construct } of made) settle(network, construct, weightsBucket);
    const staged = made.map(({ tier, construct: { quotaCode, maxVcpus } }) => ({
      id: tier.id,
      weights: weightsAddress(weightsBucket, tier, models[tier.id]),
      quotaCode,
      maxVcpus,
    }));
    addStagingOutputs(this, { bucketName: weightsBucket.bucketName, images, tiers: staged });
    return Object.fromEntries(made.map(({ tier, construct }) => [tier.id, construct]));
  }

  private addPublisherOutput(): void {
    const { publisherRole } = this.router;
    if (publisherRole === undefined) return;
    new CfnOutput(this, 'PublisherRoleArn', {
      value: publisherRole.roleArn,
      description: 'Role to take for tierwise publish and rollback',
    });
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

  private bucketOf({ weightsBucket, weightsBucketName }: ReferenceStackProps): s3.IBucket {
    if (weightsBucketName !== undefined) return s3.Bucket.fromBucketName(this, 'Weights', weightsBucketName);
    return weightsBucket ?? this.newWeightsBucket();
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

  private newCallers(network: ResidencyNetwork): ec2.ISecurityGroup {
    const callers = new ec2.SecurityGroup(this, 'Callers', {
      vpc: network.vpc,
      allowAllOutbound: false,
      description: 'What carries this group may call the router',
    });
    network.allowCallers(callers);
    new CfnOutput(this, 'CallerSecurityGroupId', {
      value: callers.securityGroupId,
      description: 'Group of those in the VPC who may call the router',
    });
    return callers;
  }
}

/** Ids of the tiers that run on GPUs of the stack's own. */
function ownTierIds({ _policy: policy }: PolicySource): string[] {
  return Object.values(policy.tiers)
    .filter(isOwn)
    .map(({ id }) => id);
}

/** Opens a residency network for a model's instances and tasks. */
function settle(network: ResidencyNetwork, tier: VllmTier, weightsBucket: s3.IBucket): void {
  network.forContainerInstances({ connections: tier.instanceConnections });
  network.forVllm(tier, { weightsBucket, weightsPrefix: 'weights/' });
}
