import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { DEFAULTS } from './defaults';
import type { VllmPlan } from './plan';
import type { VllmTierProps } from './props';
import { VllmTask } from './task';

/**
 * The replicas as a service of ECS. A new task definition, such as a new `modelVersion` makes, is rolled out replica by
 * replica; when its replicas do not become healthy, ECS goes back to the one before.
 *
 * The number of replicas is left to scaling: a deployment keeps what there is, and the first one starts a single replica.
 */
export function newReplicas(
  scope: Construct,
  tierName: string,
  props: VllmTierProps,
  plan: VllmPlan,
  cluster: ecs.ICluster,
  capacityProvider: string,
): ecs.Ec2Service {
  const { vpc, vpcSubnets } = props;
  const { sizing, drain, servedNames } = plan;
  const task = new VllmTask(scope, 'Task', { tierName, tier: props, sizing, drain, servedNames });
  const securityGroup = new ec2.SecurityGroup(scope, 'TaskAccess', {
    vpc,
    allowAllOutbound: false,
    description: 'Replicas of vLLM: admit their load balancer, since a key would not guard every path of vLLM',
  });
  const service = new ecs.Ec2Service(scope, 'Service', {
    cluster,
    taskDefinition: task.definition,
    capacityProviderStrategies: [{ capacityProvider, weight: 1 }],
    securityGroups: [securityGroup],
    ...(vpcSubnets && { vpcSubnets }),
    minHealthyPercent: props.minHealthyPercent ?? DEFAULTS.minHealthyPercent,
    maxHealthyPercent: props.maxHealthyPercent ?? DEFAULTS.maxHealthyPercent,
    circuitBreaker: { enable: true, rollback: true },
    healthCheckGracePeriod: props.healthCheckGracePeriod ?? sizing.gracePeriod,
    ...(props.asleep === true && { desiredCount: 0 }),
    // Replicas that share an instance leave others empty, which are then given back.
    placementStrategies: [ecs.PlacementStrategy.packedByMemory()],
    enableExecuteCommand: false,
  });
  // The capacity provider is made known to the cluster by a resource below the cluster. It must be there before the service
  // and, when the stack is deleted, after it: a provider in use cannot be taken away.
  if (props.capacityProvider === undefined) service.node.addDependency(cluster);
  return service;
}
