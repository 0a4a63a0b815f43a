import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { VllmTier, VllmWeights } from '../constructs/tiers/vllm-tier';
import type { Tier } from '../core/types-policy';
import type { OwnImages } from './own-images';
import type { ReferenceModel } from './reference-stack-props';

/** Where a stack's own models run, and what they start from. */
export interface OwnPlace {
  readonly vpc: ec2.IVpc;
  /** In a network without a way out, which opens by itself what instances and tasks need. */
  readonly closedSubnets?: ec2.SubnetSelection;
  readonly weightsBucket: s3.IBucket;
  readonly images: OwnImages;
  readonly asleep: boolean;
}

const WEIGHTS = 'weights';

/** Whether a tier of the policy runs on GPUs of the stack's own. */
export function isOwn({ provider, location }: Tier): boolean {
  return provider === 'openai-compatible' && location === 'vpc';
}

/** A model of the policy on GPUs of the stack's own. */
export function ownTier(scope: Construct, tier: Tier, place: OwnPlace, model: ReferenceModel = {}): VllmTier {
  const { gpu } = tier;
  if (gpu === undefined) {
    throw new Error(
      `tier ${tier.id} runs in the VPC, but the policy does not say on what; add gpu: { instance: g6e.xlarge }`,
    );
  }
  const { vpc, closedSubnets, weightsBucket, images, asleep } = place;
  return new VllmTier(scope, `Tier-${tier.id}`, {
    vpc,
    instanceType: new ec2.InstanceType(gpu.instance),
    model: tier.model,
    modelVersion: versionOf(model),
    weights: VllmWeights.fromS3(weightsBucket, `${WEIGHTS}/${tier.model}`),
    parametersBillions: model.parametersBillions ?? parametersIn(tier),
    contextWindow: tier.contextWindow,
    asleep,
    ...(images.vllm && { image: images.vllm.image }),
    ...(images.metrics && { metricsImage: images.metrics.image }),
    ...(gpu.count !== undefined && { tensorParallel: gpu.count }),
    ...(gpu.min !== undefined && { minReplicas: gpu.min }),
    ...(gpu.max !== undefined && { maxReplicas: gpu.max }),
    ...(tier.queue?.maxWaiting !== undefined && { maxWaiting: tier.queue.maxWaiting }),
    ...toolCalls(tier, model),
    ...(closedSubnets && { vpcSubnets: closedSubnets, httpsTo: [] }),
  });
}

/** Where the weights of a model belong, as `tierwise stage weights` takes it. */
export function weightsAddress(bucket: s3.IBucket, tier: Tier, model: ReferenceModel = {}): string {
  return bucket.s3UrlForObject(`${WEIGHTS}/${tier.model}/${versionOf(model)}/`);
}

function versionOf({ version = 'v1' }: ReferenceModel): string {
  return version;
}

function parametersIn({ id, model }: Tier): number {
  const billions = /(?:^|[^\d.])(\d+(?:\.\d+)?)b(?![a-z])/i.exec(model)?.[1];
  if (billions !== undefined) return Number(billions);
  throw new Error(
    `tier ${id}: how many parameters ${model} has does not show in its name; say models: { ${id}: { parametersBillions } }`,
  );
}

function toolCalls({ capabilities, model }: Tier, { toolCallParser }: ReferenceModel): { toolCallParser?: string } {
  if (!capabilities.includes('tools')) return {};
  return { toolCallParser: toolCallParser ?? (/llama-?3/i.test(model) ? 'llama3_json' : 'hermes') };
}
