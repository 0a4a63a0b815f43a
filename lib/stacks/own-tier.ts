import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { VllmTier, VllmWeights } from '../constructs/tiers/vllm-tier';
import type { Tier } from '../core/types-policy';

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

interface Place {
  readonly vpc: ec2.IVpc;
  readonly subnets?: ec2.SubnetSelection;
  readonly weightsBucket: s3.IBucket;
}

/** A model of the policy on GPUs of the stack's own. */
export function vllmTier(scope: Construct, tier: Tier, place: Place, model: ReferenceModel = {}): VllmTier {
  const { gpu } = tier;
  if (gpu === undefined) {
    throw new Error(
      `tier ${tier.id} runs in the VPC, but the policy does not say on what; add gpu: { instance: g6e.xlarge }`,
    );
  }
  return new VllmTier(scope, `Tier-${tier.id}`, {
    vpc: place.vpc,
    instanceType: new ec2.InstanceType(gpu.instance),
    model: tier.model,
    modelVersion: model.version ?? 'v1',
    weights: VllmWeights.fromS3(place.weightsBucket, `weights/${tier.model}`),
    parametersBillions: model.parametersBillions ?? parametersIn(tier),
    contextWindow: tier.contextWindow,
    ...(gpu.min !== undefined && { minReplicas: gpu.min }),
    ...(gpu.max !== undefined && { maxReplicas: gpu.max }),
    ...(tier.queue?.maxWaiting !== undefined && { maxWaiting: tier.queue.maxWaiting }),
    ...toolCalls(tier, model),
    // In a network without a way out the network itself opens what instances and tasks need.
    ...(place.subnets && { vpcSubnets: place.subnets, httpsTo: [] }),
  });
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
