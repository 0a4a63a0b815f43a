import { Arn, Stack, Token } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { FactName, RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';

/** vLLM 0.30.0 with CUDA 13, of 2026-09-23. Needs the NVIDIA driver 580 or newer, which the newest GPU image of ECS has. */
export const VLLM_TAG = 'server-cuda-v2.5';

/** The image of the AWS Deep Learning Containers in the stack's own region, whose registry's account differs by region. */
export function defaultVllmImage(scope: Construct): ContainerImage {
  const stack = Stack.of(scope);
  const { region } = stack;
  if (!Token.isUnresolved(region) && RegionInfo.get(region).dlcRepositoryAccount === undefined)
    throw new Error(
      `${scope.node.path}: the AWS Deep Learning Containers have no known registry in ${region}; copy the image of vLLM to your own registry and give it as image`,
    );
  const repositoryName = 'vllm';
  const account = stack.regionalFact(FactName.DLC_REPOSITORY_ACCOUNT);
  const repositoryArn = Arn.format(
    { service: 'ecr', resource: 'repository', resourceName: repositoryName, account },
    stack,
  );
  const repository = Repository.fromRepositoryAttributes(scope, 'DeepLearningContainers', {
    repositoryArn,
    repositoryName,
  });
  return ContainerImage.fromEcrRepository(repository, VLLM_TAG);
}
