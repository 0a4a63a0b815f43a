import type { StackProps } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { PolicySource } from '../constructs/policy-source';

/** How much of the traffic runs on models of one's own. */
export enum Stage {
  /** Every model is rented; there is no VPC. */
  API = 'api',
  /** A model of one's own takes what it can, rented ones the rest. */
  HYBRID = 'hybrid',
  /** Most runs on models of one's own. */
  SELF_HOSTED = 'self-hosted',
}

/** What a policy does not say of a model to deploy. */
export interface ReferenceModel {
  /**
   * Version of the weights: the folder they lie in. A change is a rolling rollout.
   *
   * @default 'v1'
   */
  readonly version?: string;
  /**
   * Parameters in billions.
   *
   * @default - by the model's name, such as 8 for `llama-3.1-8b-instruct`
   */
  readonly parametersBillions?: number;
  /**
   * Which of vLLM's parsers reads the model's tool calls.
   *
   * @default - by the model's name: `llama3_json` or `hermes`, where the policy's tier offers tools
   */
  readonly toolCallParser?: string;
}

/** What a reference stack is made of. */
export interface ReferenceStackProps extends StackProps {
  /** Which of the three stages. */
  readonly stage: Stage;
  /** The policy: its tiers say which models to deploy and which to rent. */
  readonly policy: PolicySource;
  /**
   * Whether nothing may leave the VPC: isolated subnets, endpoints only, a private API, and no tier outside for a task
   * whose prompts stay inside. Bring the images of such a stack into the account's own registry first, see `vllmImage`.
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
   * Bucket that holds the weights, at `weights/<model>/<version>/`, where `tierwise stage weights` brings them.
   *
   * @default - a new bucket where the policy has models to deploy; see `asleep`
   */
  readonly weightsBucket?: s3.IBucket;
  /**
   * The same by the name of a bucket that there is already.
   *
   * @default - weightsBucket
   */
  readonly weightsBucketName?: string;
  /**
   * Image of vLLM in the account's own registry, as `NAME:TAG` or `NAME@sha256:DIGEST`. `tierwise stage image` prints the
   * commands that bring it there, from `public.ecr.aws/deep-learning-containers/vllm` for example.
   *
   * @default - `vllm` with the tag `VllmTier.IMAGE_TAG` where `residency` is on; else the image that AWS publishes
   */
  readonly vllmImage?: string;
  /**
   * Image of the CloudWatch agent in the account's own registry, from `public.ecr.aws/cloudwatch-agent/cloudwatch-agent`.
   *
   * @default - `cloudwatch-agent` with the tag `VllmTier.METRICS_IMAGE_TAG` where `residency` is on; else the public image
   */
  readonly metricsImage?: string;
  /**
   * Deploys models without replicas: for a first deployment that makes the bucket, before the weights are in it.
   *
   * @default false
   */
  readonly asleep?: boolean;
  /**
   * Who may take the role that publishes policies, which may do nothing else.
   *
   * @default - whom the account's own policies let take it
   */
  readonly publishers?: iam.IPrincipal[];
  /**
   * Whether the stack sets the role with which API Gateway writes logs: one setting for the whole account and region, without
   * which no API can have an access log. Say false where somebody else looks after it.
   *
   * @default true
   */
  readonly cloudWatchRole?: boolean;
  /**
   * Where alarms go.
   *
   * @default - a new topic without subscribers
   */
  readonly alarmTopic?: sns.ITopic;
}
