import { Duration, Size, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { VllmAdapter, VllmWeights } from '../../../lib/constructs/tiers/vllm-tier';
import { aBench, aTemplate, aTier } from './vllm-stack';

describe('The instances of a VllmTier', () => {
  const template = aTemplate();

  it('are one capacity provider of one type, which ECS scales and drains, and which protects nothing from deletion', () => {
    template.resourceCountIs('AWS::ECS::CapacityProvider', 1);
    template.hasResourceProperties('AWS::ECS::CapacityProvider', {
      AutoScalingGroupProvider: {
        ManagedScaling: Match.objectLike({ Status: 'ENABLED', TargetCapacity: 100 }),
        ManagedTerminationProtection: 'DISABLED',
        ManagedDraining: 'ENABLED',
      },
    });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '0',
      DesiredCapacity: Match.absent(),
      NewInstancesProtectedFromScaleIn: Match.absent(),
      LifecycleHookSpecificationList: Match.absent(),
    });
  });

  it.each([
    'AWS::Lambda::Function',
    'AWS::SNS::Topic',
    'AWS::AutoScaling::LifecycleHook',
    'AWS::AutoScaling::LaunchConfiguration',
  ])('need no %s', (type) => {
    template.resourceCountIs(type, 0);
  });

  it('come from a launch template with session tokens, an encrypted volume and the newest GPU image', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: Match.objectLike({
        InstanceType: 'g6.xlarge',
        MetadataOptions: Match.objectLike({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 }),
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 116, Throughput: 500, DeleteOnTermination: true },
          },
        ],
      }),
    });
    const parameters = Object.values(template.findParameters('*')).map(({ Default }) => Default);
    expect(parameters).toContain('/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id');
  });

  it('keep tasks from the metadata of the instance', () => {
    const launchTemplates = JSON.stringify(template.findResources('AWS::EC2::LaunchTemplate'));
    expect(launchTemplates).toContain('ECS_ENABLE_GPU_SUPPORT=true');
    expect(launchTemplates).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
    expect(launchTemplates).toContain('ECS_CONTAINER_STOP_TIMEOUT=130s');
  });

  it('keep their rights until the group is gone', () => {
    const [group] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    const instancePolicy = policies.find((id) => id.includes('InstanceRole'));
    expect(group?.DependsOn).toContain(instancePolicy);
  });

  it('may be as many as a rollout of all replicas takes', () => {
    const max = (some: Parameters<typeof aTemplate>[0]) =>
      Object.values(aTemplate(some).findResources('AWS::AutoScaling::AutoScalingGroup'))[0]?.Properties.MaxSize;
    expect(max({ maxReplicas: 3 })).toBe('6');
    expect(max({ maxReplicas: 3, minHealthyPercent: 50, maxHealthyPercent: 100 })).toBe('3');
    expect(max({ maxReplicas: 6, instanceType: new ec2.InstanceType('g5.12xlarge'), tensorParallel: 1 })).toBe('3');
  });

  it('can have another image and a larger volume', () => {
    const bench = aBench();
    aTier(bench, {
      machineImage: ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-1' }),
      rootVolumeSize: Size.gibibytes(500),
    });
    const template = JSON.stringify(Template.fromStack(bench.stack).findResources('AWS::EC2::LaunchTemplate'));
    expect(template).toContain('"VolumeSize":500');
    expect(template).not.toContain('/aws/service/ecs');
  });

  it('say which quota they need, and how much of it', () => {
    const tier = aTier(aBench(), { instanceType: new ec2.InstanceType('p5.4xlarge'), maxReplicas: 2 });
    expect(tier.quotaCode).toBe('L-417A185B');
    expect(tier.maxVcpus).toBe(4 * 16);
  });
});

describe('The cluster of a VllmTier', () => {
  it('is known to have the capacity provider before the service starts, and until it has ended', () => {
    const template = aTemplate();
    const [associations] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(service?.DependsOn).toContain(associations);
  });

  it('can be shared by tiers, each with a capacity provider of its own', () => {
    const bench = aBench();
    const cluster = new ecs.Cluster(bench.stack, 'Shared', { vpc: bench.vpc }) as ecs.ICluster;
    aTier(bench, { cluster });
    const [associations] = Object.values(
      Template.fromStack(bench.stack).findResources('AWS::ECS::ClusterCapacityProviderAssociations'),
    );
    expect(associations?.Properties.CapacityProviders).toHaveLength(1);
    Template.fromStack(bench.stack).resourceCountIs('AWS::ECS::Cluster', 1);
  });

  it('can be imported with a capacity provider of its own, and then nothing is added to it', () => {
    const template = aTemplate(({ stack, vpc }) => ({
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Imported', { clusterName: 'gpus', vpc }),
      capacityProvider: 'g6',
    }));
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 0);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: 'g6', Weight: 1 }],
    });
  });
});

describe('The replicas of a VllmTier', () => {
  const vllmOf = (some: Parameters<typeof aTemplate>[0] = {}) => containersOf(aTemplate(some)).vllm;

  it('roll over behind health checks, with a circuit breaker that goes back', () => {
    aTemplate().hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      }),
      HealthCheckGracePeriodSeconds: 1200,
      EnableExecuteCommand: false,
      DesiredCount: Match.absent(),
    });
  });

  it('can roll over in place where there is no GPU to spare', () => {
    aTemplate({ minHealthyPercent: 0, maxHealthyPercent: 100 }).hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({ MinimumHealthyPercent: 0, MaximumPercent: 100 }),
    });
  });

  it('are new when the version of the model is', () => {
    const [before, after] = ['2024-07', '2025-01'].map((modelVersion) => vllmOf({ modelVersion }).Command);
    expect(JSON.stringify(before)).toContain('/models/llama/2024-07/');
    expect(JSON.stringify(after)).toContain('/models/llama/2025-01/');
    expect(after).toContain('llama-3.1-8b-instruct@2025-01');
  });

  it('may read the version before, so that a rollback can start it', () => {
    const rights = ['2024-07', '2025-01'].map((modelVersion) => taskRights(aTemplate({ modelVersion })));
    expect(rights[0]).toEqual(rights[1]);
    expect(JSON.stringify(rights[0])).toContain('/models/llama/*');
  });

  it('take all GPUs of the instance unless told otherwise, with memory and shared memory to match', () => {
    const instanceType = new ec2.InstanceType('g5.12xlarge');
    expect(vllmOf({ instanceType })).toMatchObject({
      ResourceRequirements: [{ Type: 'GPU', Value: '4' }],
      LinuxParameters: { SharedMemorySize: 16_384 },
      Memory: 176_691,
    });
    expect(vllmOf({ instanceType, tensorParallel: 2 })).toMatchObject({
      ResourceRequirements: [{ Type: 'GPU', Value: '2' }],
    });
  });

  it('are asked for their health by the program they have', () => {
    const { HealthCheck } = vllmOf();
    expect(HealthCheck.Command.slice(0, 3)).toEqual(['CMD', 'python3', '-c']);
    expect(HealthCheck.Command[3]).toContain('http://127.0.0.1:8000/health');
    expect(HealthCheck.StartPeriod).toBe(300);
  });

  it('are told to end by a signal that reaches vLLM, and have time in the right order', () => {
    const template = aTemplate({ drainTimeout: Duration.seconds(300) });
    const vllm = containersOf(template).vllm;
    expect(vllm.EntryPoint).toEqual(['vllm', 'serve']);
    const shutdown = Number(vllm.Command[vllm.Command.indexOf('--shutdown-timeout') + 1]);
    const [group] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
    const delay = group?.Properties.TargetGroupAttributes.find(
      ({ Key }: { Key: string }) => Key === 'deregistration_delay.timeout_seconds',
    );
    expect([Number(delay.Value), shutdown, vllm.StopTimeout]).toEqual([300, 300, 310]);
  });

  it('run the image of AWS in the account that the region has for it, or the image given', () => {
    expect(JSON.stringify(vllmOf().Image)).toContain('/vllm:server-cuda-v2.5');
    const own = ecs.ContainerImage.fromRegistry('1.dkr.ecr.eu-west-1.amazonaws.com/vllm:mine');
    expect(vllmOf({ image: own }).Image).toBe('1.dkr.ecr.eu-west-1.amazonaws.com/vllm:mine');
  });

  it('stream weights from S3 with their own role, which may read that folder and no more', () => {
    const template = aTemplate();
    const { Command, Environment } = containersOf(template).vllm;
    expect(Command.slice(0, 1)).toEqual(['--model']);
    expect(Command.slice(2, 4)).toEqual(['--load-format', 'runai_streamer']);
    expect(Environment).toContainEqual({ Name: 'HF_HUB_OFFLINE', Value: '1' });
    const statements = taskRights(template).filter(({ Action }) => `${Action}`.includes('s3:'));
    expect(statements.map(({ Action }) => Action)).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(statements[1]?.Condition).toEqual({ StringLike: { 's3:prefix': ['models/llama', 'models/llama/*'] } });
  });

  it('download weights from the hub with a token that stands nowhere in the template', () => {
    const { Command, Environment, Secrets } = vllmOf(({ stack }) => ({
      weights: VllmWeights.fromHub('meta-llama/Llama-3.1-8B-Instruct', { tokenSecret: aSecret(stack) }),
    }));
    expect(Command.slice(0, 4)).toEqual(['--model', 'meta-llama/Llama-3.1-8B-Instruct', '--revision', '2024-07']);
    expect(Environment).not.toContainEqual(expect.objectContaining({ Name: 'HF_HUB_OFFLINE' }));
    expect(Secrets).toEqual([expect.objectContaining({ Name: 'HF_TOKEN' })]);
  });

  it('prefer the revision given to the version of the model', () => {
    const weights = VllmWeights.fromHub('Qwen/Qwen3-8B', { revision: 'main' });
    expect(vllmOf({ weights }).Command.slice(2, 4)).toEqual(['--revision', 'main']);
  });

  it('serve adapters that are copied before vLLM starts', () => {
    const template = aTemplate(({ weights }) => ({
      adapters: [
        VllmAdapter.fromS3('support', weights, 'adapters/support', '3'),
        VllmAdapter.fromHub('legal', 'org/legal-lora'),
      ],
    }));
    const { vllm, adapters } = containersOf(template);
    expect(vllm.Command).toContain('support=/adapters/support');
    expect(vllm.Command).toContain('legal=org/legal-lora');
    expect(vllm.DependsOn).toEqual([{ ContainerName: 'adapters', Condition: 'SUCCESS' }]);
    expect(vllm.Environment).not.toContainEqual({ Name: 'HF_HUB_OFFLINE', Value: '1' });
    expect(JSON.stringify(adapters.Command)).toContain('/adapters/support/3/');
    expect(JSON.stringify(taskRights(template))).toContain('/adapters/support/*');
  });

  it('copy no adapters where there are none in S3', () => {
    const template = aTemplate({ adapters: [VllmAdapter.fromHub('legal', 'org/legal-lora')] });
    expect(containersOf(template).adapters).toBeUndefined();
  });
});

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
function containersOf(template: Template): Record<string, any> {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(
    task?.Properties.ContainerDefinitions.map((container: { Name: string }) => [container.Name, container]),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
function taskRights(template: Template): any[] {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('TaskRole'));
  return policy?.[1].Properties.PolicyDocument.Statement;
}

function aSecret(stack: Stack): ISecret {
  return Secret.fromSecretNameV2(stack, 'Token', 'hub-token');
}
