import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { ITierCaller } from '../../../lib/constructs/tiers/tier';
import { VllmTier, type VllmTierProps, VllmWeights } from '../../../lib/constructs/tiers/vllm-tier';

/** A stack with a network and a bucket for weights, as a tier finds them. */
export interface VllmBench {
  readonly stack: Stack;
  readonly vpc: ec2.IVpc;
  readonly weights: s3.IBucket;
}

/** Props may be made from what the stack has. */
export type SomeProps = Partial<VllmTierProps> | ((bench: VllmBench) => Partial<VllmTierProps>);

export function aBench(): VllmBench {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Bench');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
  return { stack, vpc, weights: aBucket(stack, 'Weights') };
}

/** As the interface: with exact optional properties a `Bucket` is not quite an `IBucket`. */
export function aBucket(stack: Stack, id: string, props: s3.BucketProps = {}): s3.IBucket {
  return new s3.Bucket(stack, id, props) as s3.IBucket;
}

export function aTier(bench: VllmBench, some: SomeProps = {}, id = 'Small'): VllmTier {
  return new VllmTier(bench.stack, id, {
    vpc: bench.vpc,
    instanceType: new ec2.InstanceType('g6.xlarge'),
    model: 'llama-3.1-8b-instruct',
    modelVersion: '2024-07',
    weights: VllmWeights.fromS3(bench.weights, 'models/llama'),
    parametersBillions: 8,
    contextWindow: 32_768,
    ...(typeof some === 'function' ? some(bench) : some),
  });
}

/** The template of a stack with one tier. */
export function aTemplate(some: SomeProps = {}): Template {
  const bench = aBench();
  aTier(bench, some);
  return Template.fromStack(bench.stack);
}

/** A router's function as far as a tier knows it. */
export function aCaller({ stack, vpc }: VllmBench, isInVpc = true): ITierCaller {
  const securityGroup = new ec2.SecurityGroup(stack, 'CallerAccess', { vpc, allowAllOutbound: false });
  const role = new iam.Role(stack, 'CallerRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  return {
    isInVpc,
    grantPrincipal: role.grantPrincipal,
    connections: new ec2.Connections({ securityGroups: [securityGroup] }),
  };
}
