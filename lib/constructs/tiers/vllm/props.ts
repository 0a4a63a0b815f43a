import type { Duration, Size, TimeZone } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMachineImage, InstanceType, IPeer, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ContainerImage, ContainerInsights, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { VllmAdapter } from './adapter';
import type { VllmPrecision } from './precision';
import type { VllmWeights } from './weights';

/** A change of how many replicas there may be, at a time of day. */
export interface VllmSchedule {
  /** When the change takes place. */
  readonly schedule: Schedule;
  /**
   * Replicas from then on, at least.
   *
   * @default - unchanged
   */
  readonly minReplicas?: number;
  /**
   * Replicas from then on, at most.
   *
   * @default - unchanged
   */
  readonly maxReplicas?: number;
  /**
   * Time zone of the schedule.
   *
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
}

/** What a tier of vLLM is made of. */
export interface VllmTierProps {
  /** Network of instances, tasks and load balancer. */
  readonly vpc: IVpc;
  /**
   * Subnets of instances, tasks and load balancer.
   *
   * @default - the private subnets of the VPC, or the isolated ones where it has no others
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * A type of the families g5, g6, g6e, p4d, p4de or p5. GPUs, memory and volumes are derived from it.
   *
   * A 16xlarge has one GPU although a 12xlarge has four.
   */
  readonly instanceType: InstanceType;
  /** Name of the model, as the policy's tier calls it. */
  readonly model: string;
  /**
   * Version of the model: the folder below the weights' prefix, and the default revision on the hub. Changing it rolls the
   * replicas over one by one, each only after it answers its health checks; when they do not, the version before returns.
   *
   * The model also answers to `<model>@<modelVersion>`.
   */
  readonly modelVersion: string;
  /** Where the weights come from. */
  readonly weights: VllmWeights;
  /** Parameters of the model in billions, such as 8 or 70. All of them, for a mixture of experts too. */
  readonly parametersBillions: number;
  /**
   * How the weights are stored.
   *
   * @default VllmPrecision.BF16
   */
  readonly precision?: VllmPrecision;
  /** Tokens of prompt and answer together: the policy's `contextWindow`, vLLM's `--max-model-len`. */
  readonly contextWindow: number;
  /**
   * GPUs over which one replica spreads its model. Where it is less than the GPUs of the instance, several replicas share one.
   *
   * @default - all GPUs of the instance
   */
  readonly tensorParallel?: number;
  /**
   * Share of GPU memory that vLLM may take.
   *
   * @default 0.9
   */
  readonly gpuMemoryUtilization?: number;
  /**
   * Cluster to run in. One created in the same stack gets a capacity provider of this instance type; an imported one must
   * have it already, named by `capacityProvider`.
   *
   * @default - a new cluster
   */
  readonly cluster?: ICluster;
  /**
   * Name of a capacity provider that the cluster has already, made of instances of `instanceType` with the GPU image of ECS.
   *
   * @default - a new one, of one instance type, that grows from and shrinks to nothing
   */
  readonly capacityProvider?: string;
  /**
   * Machine image of the instances. A new image reaches instances started after the deployment.
   *
   * @default - the newest Amazon Linux 2023 image of ECS for GPUs, at every deployment
   */
  readonly machineImage?: IMachineImage;
  /**
   * Root volume of the instances.
   *
   * @default - 100 GiB for system and images, and the weights: once when streamed from S3, twice when from the hub
   */
  readonly rootVolumeSize?: Size;
  /**
   * Image of vLLM, version 0.29 or newer: older ones do not know the flags that bound the queue. A network without a way out
   * needs a copy in the account's own registry.
   *
   * @default - tag server-cuda-v2.5 (vLLM 0.30.0) of the AWS Deep Learning Containers in the stack's region
   */
  readonly image?: ContainerImage;
  /**
   * Image of the CloudWatch agent that reads vLLM's metrics. A network without a way out needs a copy in the account's own
   * registry.
   *
   * @default - tag 1.300062.0b1304 of public.ecr.aws/cloudwatch-agent/cloudwatch-agent
   */
  readonly metricsImage?: ContainerImage;
  /**
   * LoRA adapters served beside the model.
   *
   * @default - the model alone is served
   */
  readonly adapters?: VllmAdapter[];
  /**
   * Largest rank of the adapters.
   *
   * @default 16
   */
  readonly maxAdapterRank?: number;
  /**
   * Requests a replica works on at the same time.
   *
   * @default 64
   */
  readonly maxRunning?: number;
  /**
   * Requests that wait at a replica before it refuses more with 503: the policy's `queue.maxWaiting`.
   *
   * @default 32
   */
  readonly maxWaiting?: number;
  /**
   * Prompt tokens that wait at a replica before it refuses more. About the wanted seconds to the first token times the
   * tokens per second that a replica reads.
   *
   * @default - no bound but maxWaiting
   */
  readonly maxQueuedTokens?: number;
  /**
   * How vLLM finds tool calls in what the model writes, such as `hermes` or `llama3_json`.
   *
   * @default - no tool calls
   */
  readonly toolCallParser?: string;
  /**
   * How vLLM finds reasoning in what the model writes, such as `deepseek_r1`.
   *
   * @default - reasoning is part of the answer
   */
  readonly reasoningParser?: string;
  /**
   * Further arguments of `vllm serve`, such as `--kv-cache-dtype`, `fp8`.
   *
   * @default - vLLM is started by the other props alone
   */
  readonly extraArguments?: string[];
  /**
   * Least number of replicas. With 0 the tier sleeps after 15 idle minutes, for development: the first request is then
   * refused at once and wakes it, which takes minutes.
   *
   * @default 1
   */
  readonly minReplicas?: number;
  /**
   * Greatest number of replicas. The account's GPU quota and the zone's capacity must allow them, and during a rollout up to
   * `maxHealthyPercent` of them.
   *
   * @default - 2, or minReplicas where that is more
   */
  readonly maxReplicas?: number;
  /**
   * Deploys the tier without a replica, and lets none start: for the first deployment of a stack that makes the bucket
   * itself, before the weights are there. The next deployment without it brings the replicas.
   *
   * @default false
   */
  readonly asleep?: boolean;
  /**
   * Changes of both numbers by the clock.
   *
   * @default - both numbers hold at all hours
   */
  readonly schedules?: VllmSchedule[];
  /**
   * Requests waiting at a replica, on average, from which another one is started.
   *
   * @default 4
   */
  readonly scaleOutWaiting?: number;
  /**
   * Share of the replicas that stays up in a rollout. With one GPU and none to spare: 0, and maxHealthyPercent 100.
   *
   * @default 100
   */
  readonly minHealthyPercent?: number;
  /**
   * Share of the replicas that may run in a rollout, old and new together.
   *
   * @default 200
   */
  readonly maxHealthyPercent?: number;
  /**
   * How long a starting replica is not judged by its health.
   *
   * @default - 15 minutes and the time the weights take, 20 minutes at least
   */
  readonly healthCheckGracePeriod?: Duration;
  /**
   * How long a replica that ends may finish what it has begun.
   *
   * @default Duration.seconds(120)
   */
  readonly drainTimeout?: Duration;
  /**
   * What instances and tasks may open connections to, on port 443. Give an empty list where something else opens what they
   * need, as a ResidencyNetwork does.
   *
   * @default - every IPv4 address
   */
  readonly httpsTo?: IPeer[];
  /**
   * Bucket for the load balancer's access log. Encrypted by S3 itself: the load balancer cannot write with a KMS key.
   *
   * @default - no access log; the router keeps a record of every request
   */
  readonly accessLogBucket?: IBucket;
  /**
   * Container Insights of a new cluster.
   *
   * @default ContainerInsights.ENABLED
   */
  readonly containerInsights?: ContainerInsights;
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}
