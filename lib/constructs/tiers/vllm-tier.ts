import { Duration, Names, Size } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { IVllmMetrics } from '../metrics/vllm-metrics';
import { type ITier, type ITierCaller, type TierBinding, type TierBindOptions, TierLocation } from './tier';
import { GpuCapacity } from './vllm/capacity';
import { clusterOf, extensibleCluster } from './vllm/cluster';
import { DEFAULTS } from './vllm/defaults';
import { ENTRANCE_PORT, VllmEntrance } from './vllm/entrance';
import { quotaCodeOf } from './vllm/gpu-instances';
import { VLLM_TAG } from './vllm/image';
import { GAUGES, gaugeMetric } from './vllm/metrics';
import { AGENT_TAG } from './vllm/metrics-agent';
import { planOf, type VllmPlan } from './vllm/plan';
import type { VllmTierProps } from './vllm/props';
import { newReplicas } from './vllm/replicas';
import { scaleReplicas } from './vllm/scaling';

export { VllmAdapter } from './vllm/adapter';
export { VllmPrecision } from './vllm/precision';
export type { VllmSchedule, VllmTierProps } from './vllm/props';
export { type VllmHubOptions, VllmWeights } from './vllm/weights';

/**
 * A model of your own: vLLM on GPU instances of ECS, behind an internal load balancer that admits the router alone.
 *
 * Before the first deployment, see that the account may start the instances. GPUs have quotas in vCPUs that are zero or small
 * in a new account: L-DB2E81BA for on-demand G and VT instances, L-417A185B for on-demand P instances; `quotaCode` and
 * `maxVcpus` say what this tier asks for. Not every zone has every type, and large ones are not always to be had: the first
 * deployment then waits for its replica for hours. `tierwise doctor` looks at quotas and zones beforehand.
 *
 * A first start takes 10 to 20 minutes: instance, image, weights, compiled graphs. Instances without a replica are given
 * back by ECS after about 15 minutes.
 */
export class VllmTier extends Construct implements ITier, IVllmMetrics {
  /** Tag of the image of vLLM that tiers take when they are given none: what to bring into a registry of yours. */
  public static readonly IMAGE_TAG: string = VLLM_TAG;
  /** Tag of the image of the CloudWatch agent that tiers take when they are given none. */
  public static readonly METRICS_IMAGE_TAG: string = AGENT_TAG;

  /** Where prompts of this tier go: they stay in the VPC. */
  public readonly location: TierLocation = TierLocation.VPC;
  /** The cluster that the replicas run in. */
  public readonly cluster: ecs.ICluster;
  /** The replicas. */
  public readonly service: ecs.Ec2Service;
  /** What callers reach. */
  public readonly loadBalancer: elb.ApplicationLoadBalancer;
  /** Connections of the replicas. Callers are admitted by `bind`, at the load balancer. */
  public readonly connections: ec2.Connections;
  /** Connections of the instances, by which images come and logs go. Of none, where a `capacityProvider` is given. */
  public readonly instanceConnections: ec2.Connections;
  /** Value of the dimension `VllmTier` of this tier's metrics. */
  public readonly tierName: string;
  /** Code of the EC2 quota that the instances count against. */
  public readonly quotaCode: string;
  /** vCPUs of all instances there may be, those of a rollout included: what the quota must allow. */
  public readonly maxVcpus: number;

  private readonly servedNames: string[];

  constructor(scope: Construct, id: string, props: VllmTierProps) {
    super(scope, id);
    const plan = planOf(this.node.path, props);
    this.tierName = Names.uniqueResourceName(this, { maxLength: 128 });
    this.quotaCode = quotaCodeOf(plan.instance);
    this.maxVcpus = plan.maxInstances * plan.instance.vcpus;
    this.servedNames = [...plan.servedNames, ...(props.adapters ?? []).map(({ name }) => name)];

    this.cluster = clusterOf(this, props);
    const capacity = props.capacityProvider === undefined ? this.newCapacity(props, plan) : undefined;
    const provider = capacity?.capacityProviderName ?? props.capacityProvider ?? '';
    this.service = newReplicas(this, this.tierName, props, plan, this.cluster, provider);
    this.connections = this.service.connections;
    this.instanceConnections = new ec2.Connections({ securityGroups: capacity ? [capacity.securityGroup] : [] });
    this.openEgress(props.httpsTo ?? [ec2.Peer.anyIpv4()]);

    const { vpc, vpcSubnets, accessLogBucket } = props;
    const entrance = new VllmEntrance(this, 'Entrance', { vpc, vpcSubnets, accessLogBucket });
    entrance.forward(this.service, plan.drain);
    this.loadBalancer = entrance.loadBalancer;
    if (props.asleep !== true) this.scale(props, plan);
  }

  /** Lets a caller reach the load balancer. It must run in the VPC, and its policy must ask for this tier's model. */
  public bind(caller: ITierCaller, options: TierBindOptions): TierBinding {
    if (!caller.isInVpc)
      throw new Error(
        `${this.node.path}: tier ${options.id} answers only inside its VPC, but its caller runs outside; give the router the tier's vpc`,
      );
    this.checkAsked(options);
    caller.connections.allowTo(this.loadBalancer, ec2.Port.tcp(ENTRANCE_PORT), `Requests for tier ${options.id}`);
    return {
      provider: 'openai-compatible',
      location: this.location,
      baseUrl: `http://${this.loadBalancer.loadBalancerDnsName}/v1`,
    };
  }

  /** Requests that wait at a replica, on average over replicas. */
  public metricWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return gaugeMetric(this.tierName, GAUGES.waiting, options);
  }

  /** Requests that a replica works on, on average over replicas. */
  public metricRunning(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return gaugeMetric(this.tierName, GAUGES.running, options);
  }

  /** Share of the KV cache in use, from 0 to 1, on average over replicas. Near 1, requests are pushed out and begun again. */
  public metricKvCache(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return gaugeMetric(this.tierName, GAUGES.kvCache, options);
  }

  private checkAsked({ id, model, adapters = [] }: TierBindOptions): void {
    const served = this.servedNames.join(', ');
    if (!this.servedNames.includes(model))
      throw new Error(
        `${this.node.path}: the policy's tier ${id} asks for ${model}, but this VllmTier serves ${served}; make model the same in both`,
      );
    const unknown = adapters.filter((name) => !name.includes('${') && !this.servedNames.includes(name));
    if (unknown.length > 0)
      throw new Error(
        `${this.node.path}: the policy's tier ${id} asks for the adapters ${unknown.join(', ')}, but this VllmTier serves ${served}; pass them as adapters, or take them out of the policy`,
      );
  }

  private newCapacity(props: VllmTierProps, { sizing, maxInstances, drain }: VllmPlan): GpuCapacity {
    return new GpuCapacity(this, 'Capacity', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      cluster: extensibleCluster(this, this.cluster),
      instanceType: props.instanceType,
      machineImage: props.machineImage,
      rootVolumeSize: props.rootVolumeSize ?? Size.gibibytes(sizing.rootVolumeGib),
      maxInstances,
      stopTimeout: drain.stopTimeout,
    });
  }

  private openEgress(peers: ec2.IPeer[]): void {
    for (const peer of peers) {
      this.connections.allowTo(connectable(peer), ec2.Port.tcp(443), 'Weights and metrics');
      this.instanceConnections.allowTo(connectable(peer), ec2.Port.tcp(443), 'ECS, images and logs');
    }
  }

  private scale(props: VllmTierProps, { replicas, sizing }: VllmPlan): void {
    scaleReplicas(this.service, {
      replicas,
      schedules: props.schedules ?? [],
      waiting: this.metricWaiting(),
      running: this.metricRunning(),
      refused: this.loadBalancer.metrics.httpCodeElb(elb.HttpCodeElb.ELB_503_COUNT, { period: Duration.minutes(1) }),
      scaleOutWaiting: props.scaleOutWaiting ?? DEFAULTS.scaleOutWaiting,
      maxRunning: props.maxRunning ?? DEFAULTS.maxRunning,
      loadTime: sizing.loadTime,
    });
  }
}

function connectable(peer: ec2.IPeer): ec2.IConnectable {
  return { connections: new ec2.Connections({ peer }) };
}
