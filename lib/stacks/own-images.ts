import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { VllmTier } from '../constructs/tiers/vllm-tier';
import type { ReferenceStackProps } from './reference-stack-props';

/** An image in the account's own registry. */
export interface OwnImage {
  readonly image: ecs.ContainerImage;
  /** Where it must be brought, with its tag. */
  readonly uri: string;
}

/** The images of the stack's own models; each absent where the public one is taken. */
export interface OwnImages {
  readonly vllm?: OwnImage;
  readonly metrics?: OwnImage;
}

const IN_RESIDENCY = {
  vllm: `vllm:${VllmTier.IMAGE_TAG}`,
  metrics: `cloudwatch-agent:${VllmTier.METRICS_IMAGE_TAG}`,
};

/** Without a way out there is no other registry to reach, so then both images are the account's own. */
export function ownImages(scope: Construct, props: ReferenceStackProps): OwnImages {
  const defaults = props.residency === true ? IN_RESIDENCY : undefined;
  const vllm = props.vllmImage ?? defaults?.vllm;
  const metrics = props.metricsImage ?? defaults?.metrics;
  return {
    ...(vllm !== undefined && { vllm: ownImage(scope, 'VllmImages', 'vllmImage', vllm) }),
    ...(metrics !== undefined && { metrics: ownImage(scope, 'MetricsImages', 'metricsImage', metrics) }),
  };
}

/** A first part with a dot would be another registry. */
const NAME_AND_TAG =
  /^(?![^/]*\.[^/]*\/)([a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})|@(sha256:[0-9a-f]{64}))$/;

function ownImage(scope: Construct, id: string, prop: string, given: string): OwnImage {
  const [, name, tag, digest] = NAME_AND_TAG.exec(given) ?? [];
  const reference = tag ?? digest;
  if (name === undefined || reference === undefined) {
    throw new Error(
      `${prop} is ${given}; give the repository in the account's own registry and a tag, such as vllm:${VllmTier.IMAGE_TAG}`,
    );
  }
  const repository = ecr.Repository.fromRepositoryName(scope, id, name);
  return {
    image: ecs.ContainerImage.fromEcrRepository(repository, reference),
    uri: repository.repositoryUriForTagOrDigest(reference),
  };
}
