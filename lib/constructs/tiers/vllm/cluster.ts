import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { VllmTierProps } from './props';

/** The cluster of a tier: the one given, or a new one. */
export function clusterOf(scope: Construct, props: VllmTierProps): ecs.ICluster {
  if (props.cluster) return props.cluster;
  if (props.capacityProvider !== undefined)
    throw new Error(
      `${scope.node.path}: capacityProvider ${props.capacityProvider} belongs to a cluster, but none is given; add cluster, or leave capacityProvider out to get a new one`,
    );
  const cluster = new ecs.Cluster(scope, 'Cluster', {
    vpc: props.vpc,
    containerInsightsV2: props.containerInsights ?? ecs.ContainerInsights.ENABLED,
  });
  return cluster as ecs.ICluster;
}

/** A cluster that can take one more capacity provider. To an imported one that would mean replacing all it has. */
export function extensibleCluster(scope: Construct, cluster: ecs.ICluster): ecs.Cluster {
  if (!(cluster instanceof ecs.Cluster))
    throw new Error(
      `${scope.node.path}: an imported cluster cannot be given a capacity provider without taking away those it has; name one of its own GPU providers in capacityProvider, or leave cluster out`,
    );
  if (Stack.of(cluster) !== Stack.of(scope))
    throw new Error(
      `${scope.node.path}: the cluster belongs to the stack ${Stack.of(cluster).stackName}, which would need this one and be needed by it; put the tier into that stack, or name a capacityProvider that the cluster has`,
    );
  return cluster;
}
