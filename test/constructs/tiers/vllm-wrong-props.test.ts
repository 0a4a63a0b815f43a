import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { VllmAdapter, VllmPrecision, VllmWeights } from '../../../lib/constructs/tiers/vllm-tier';
import { aBench, aBucket, aTier, type SomeProps } from './vllm-stack';

const noon = Schedule.cron({ hour: '12', minute: '0' });

const WRONG: readonly (readonly [what: string, some: SomeProps, message: string])[] = [
  [
    'an instance without GPUs',
    { instanceType: new ec2.InstanceType('c7i.xlarge') },
    'use a type of the families g5, g6',
  ],
  [
    'more GPUs than the instance has',
    { tensorParallel: 2 },
    'tensorParallel 2 is more than the 1 of g6.xlarge GPUs; use 1',
  ],
  [
    'a split that does not divide the GPUs',
    { instanceType: new ec2.InstanceType('g5.12xlarge'), tensorParallel: 3 },
    'tensorParallel 3 does not divide its 4 GPUs; use 1, 2, 4',
  ],
  ['a model larger than the GPU', { parametersBillions: 70 }, 'Bench/Small: llama-3.1-8b-instruct does not fit'],
  [
    'a model larger than the GPU at eight bits too',
    { parametersBillions: 32, precision: VllmPrecision.FP8 },
    '32.0 GB of weights, but 1 x 24 GB of g6.xlarge hold 19.6 GB',
  ],
  ['no parameters', { parametersBillions: 0 }, 'parametersBillions is 0'],
  ['no context', { contextWindow: 0 }, 'contextWindow is 0; give a whole number of at least 1'],
  ['a negative count', { maxRunning: -1 }, 'maxRunning is -1'],
  ['half a request', { maxWaiting: 1.5 }, 'maxWaiting is 1.5; give a whole number'],
  ['fewer replicas than none', { minReplicas: -1 }, 'minReplicas is -1'],
  [
    'a least above the most',
    { minReplicas: 3, maxReplicas: 2 },
    'minReplicas 3 is more than maxReplicas 2; raise maxReplicas to 3',
  ],
  ['a schedule without an effect', { schedules: [{ schedule: noon }] }, 'schedules[0] changes nothing'],
  [
    'a schedule with a least above the most',
    { schedules: [{ schedule: noon, minReplicas: 3, maxReplicas: 1 }] },
    'schedules[0].minReplicas 3 is more than schedules[0].maxReplicas 1',
  ],
  ['all of the GPU', { gpuMemoryUtilization: 1.2 }, 'gpuMemoryUtilization is 1.2; give a share between 0 and 1'],
  ['a queue that is always too long', { scaleOutWaiting: 0 }, 'scaleOutWaiting is 0'],
  [
    'a rollout that cannot move',
    { minHealthyPercent: 100, maxHealthyPercent: 100 },
    'leave a rollout no replica to replace; lower the first',
  ],
  [
    'more than all replicas',
    { minHealthyPercent: 150, maxHealthyPercent: 200 },
    'minHealthyPercent is 150; give at most 100',
  ],
  ['a version that is no folder', { modelVersion: 'a/b' }, 'modelVersion "a/b" is not allowed'],
  ['an argument that the tier sets', { extraArguments: ['--max-num-seqs', '8'] }, 'use maxRunning instead'],
  [
    'an adapter called like the model',
    { adapters: [VllmAdapter.fromHub('llama-3.1-8b-instruct', 'org/lora')] },
    'two of the model and its adapters are called llama-3.1-8b-instruct',
  ],
  [
    'weights from the hub without a way to it',
    { weights: VllmWeights.fromHub('Qwen/Qwen3-8B'), httpsTo: [] },
    'weights from the hub need a way out',
  ],
  [
    'a capacity provider of no cluster',
    { capacityProvider: 'g6' },
    'capacityProvider g6 belongs to a cluster, but none is given',
  ],
  [
    'an imported cluster without a capacity provider',
    ({ stack, vpc }) => ({ cluster: ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'c', vpc }) }),
    'name one of its own GPU providers in capacityProvider',
  ],
  [
    'a cluster of another stack',
    ({ stack, vpc }) => ({
      cluster: new ecs.Cluster(new Stack(stack.node.scope, 'Other'), 'Theirs', { vpc }) as ecs.ICluster,
    }),
    'the cluster belongs to the stack Other',
  ],
  [
    'adapters from the hub without a way to it',
    { adapters: [VllmAdapter.fromHub('legal', 'org/lora')], httpsTo: [] },
    'adapters from the hub (legal) need a way out',
  ],
  [
    'a drain longer than any load balancer waits',
    { drainTimeout: Duration.hours(2) },
    'drainTimeout is 7200 seconds; give at most 3600',
  ],
  [
    'an access log that cannot be written',
    ({ stack }) => ({ accessLogBucket: aBucket(stack, 'Logs', { encryptionKey: new kms.Key(stack, 'Key') }) }),
    'encrypted with a KMS key, with which the load balancer cannot write',
  ],
];

describe('VllmTier', () => {
  it.each(WRONG)('refuses %s and says what to change', (_, some, message) => {
    expect(() => aTier(aBench(), some)).toThrow(message);
  });

  it('refuses a region in which the image of AWS has no registry', () => {
    const bench = aBench();
    const stack = new Stack(bench.stack.node.scope, 'Far', {
      env: { region: 'il-central-1', account: '123456789012' },
    });
    expect(() => aTier({ ...bench, stack })).toThrow('no known registry in il-central-1; copy the image of vLLM');
  });

  it('names the tier in what it throws', () => {
    expect(() => aTier(aBench(), { minReplicas: -1 })).toThrow(/^Bench\/Small: /);
  });
});

describe('VllmAdapter', () => {
  it('refuses a name that a request could not ask for', () => {
    expect(() => VllmAdapter.fromHub('a b', 'org/lora')).toThrow('adapter name "a b" is not allowed');
  });
});

describe('VllmWeights', () => {
  it('refuses a whole bucket', () => {
    expect(() => VllmWeights.fromS3(aBench().weights, '/')).toThrow('the prefix is empty');
  });
});
