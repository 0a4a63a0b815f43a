import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { OwnImages } from './own-images';

/** One model of the stack's own, as far as somebody must care for it before it can start. */
export interface StagedTier {
  readonly id: string;
  readonly weights: string;
  readonly quotaCode: string;
  readonly maxVcpus: number;
}

/** What must be brought where, and how much of which quota the stack may use. */
export interface Staging {
  readonly bucketName: string;
  readonly images: OwnImages;
  readonly tiers: readonly StagedTier[];
}

/** Outputs for whoever prepares the account: `tierwise stage` brings weights and images there. */
export function addStagingOutputs(stack: Stack, { bucketName, images, tiers }: Staging): void {
  const add = (name: string, value: string, description: string) => new CfnOutput(stack, name, { value, description });
  add('WeightsBucketName', bucketName, 'Bucket of the weights');
  if (images.vllm) add('VllmImage', images.vllm.uri, 'Where tierwise stage image must bring the image of vLLM');
  if (images.metrics)
    add('MetricsImage', images.metrics.uri, 'Where tierwise stage image must bring that of the CloudWatch agent');
  for (const { id, weights, quotaCode, maxVcpus } of tiers) {
    const tier = pascalCase(id);
    add(`${tier}Weights`, weights, `Where tierwise stage weights must bring the model of tier ${id}`);
    add(`${tier}QuotaCode`, quotaCode, `EC2 quota that the instances of tier ${id} count against`);
    add(`${tier}MaxVcpus`, String(maxVcpus), `vCPUs that tier ${id} may use of its quota, rollouts included`);
  }
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}
