import { App, Duration, Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainTimingsOf } from '../../../../lib/constructs/tiers/vllm/drain';
import { GPU_INSTANCES, gpuInstanceOf } from '../../../../lib/constructs/tiers/vllm/gpu-instances';
import { requireFit } from '../../../../lib/constructs/tiers/vllm/model-fit';
import { VllmPrecision, weightsGbOf } from '../../../../lib/constructs/tiers/vllm/precision';
import { sizingOf } from '../../../../lib/constructs/tiers/vllm/sizing';
import { VllmWeights } from '../../../../lib/constructs/tiers/vllm/weights';

const instance = (type: string) => gpuInstanceOf('Tier', new InstanceType(type));
const fromHub = VllmWeights.fromHub('Qwen/Qwen3-8B')._source;
const fromS3 = VllmWeights.fromS3(Bucket.fromBucketName(new Stack(new App()), 'Weights', 'weights'), 'models')._source;

describe('weightsGbOf', () => {
  it.each([
    [8, VllmPrecision.BF16, 16],
    [70, VllmPrecision.FP8, 70],
    [70, VllmPrecision.INT4, 35],
  ])('%d billion parameters at %s are %d GB', (parameters, precision, gigabytes) => {
    expect(weightsGbOf(parameters, precision)).toBe(gigabytes);
  });
});

describe('requireFit', () => {
  const holds = (parametersBillions: number, precision: VllmPrecision, type: string, gpus = instance(type).gpus) => {
    const weightsGb = weightsGbOf(parametersBillions, precision);
    const model = { model: 'llama', parametersBillions, precision, weightsGb, gpus, gpuMemoryUtilization: 0.9 };
    return () => requireFit('Tier', model, instance(type));
  };

  it.each([
    [8, VllmPrecision.BF16, 'g6.xlarge'],
    [32, VllmPrecision.FP8, 'g6e.xlarge'],
    [70, VllmPrecision.BF16, 'g6e.12xlarge'],
    [70, VllmPrecision.INT4, 'g6e.xlarge'],
    [405, VllmPrecision.FP8, 'p5.48xlarge'],
  ])('lets %d billion parameters at %s stand on %s', (parameters, precision, type) => {
    expect(holds(parameters, precision, type)).not.toThrow();
  });

  it.each([
    [13, VllmPrecision.BF16, 'g5.xlarge', 'g6e.xlarge'],
    [70, VllmPrecision.BF16, 'g6.xlarge', 'g6e.12xlarge'],
    [70, VllmPrecision.BF16, 'p5.4xlarge', 'g6e.12xlarge'],
    [250, VllmPrecision.BF16, 'g6e.48xlarge', 'p4de.24xlarge'],
  ])('refuses %d billion parameters at %s on %s and names %s', (parameters, precision, type, better) => {
    expect(holds(parameters, precision, type)).toThrow(`use ${better} (`);
  });

  it('shows the numbers', () => {
    expect(holds(70, VllmPrecision.BF16, 'g6e.xlarge')).toThrow(
      'llama does not fit: 70 billion parameters at bf16 are 140.0 GB of weights, but 1 x 48 GB of g6e.xlarge hold 41.2 GB ' +
        'of them (90 % of the memory less 2 GB a GPU)',
    );
  });

  it('asks for more of the GPUs that are there before it asks for another type', () => {
    expect(holds(32, VllmPrecision.BF16, 'g6.12xlarge', 1)).toThrow(
      'raise tensorParallel to 4, the GPUs of g6.12xlarge',
    );
  });

  it('says when nothing holds the model', () => {
    expect(holds(671, VllmPrecision.BF16, 'p5.48xlarge')).toThrow('no supported type holds them');
  });
});

describe('sizingOf', () => {
  it.each([
    // type, GPUs of a replica, weights: replicas, memory, shared memory, loader's memory of a GPU
    ['g6.xlarge', 1, 16, 1, 14_489, 3_622, 5_433],
    ['g5.12xlarge', 4, 40, 1, 176_691, 16_384, 20_038],
    ['g5.12xlarge', 1, 16, 4, 43_980, 4_096, 19_942],
    ['p5.48xlarge', 8, 400, 1, 1_887_180, 32_768, 115_900],
  ])('divides %s over replicas of %d GPUs', (type, gpus, gb, replicas, memoryMib, sharedMemoryMib, loaderMib) => {
    expect(sizingOf(instance(type), gpus, gb, fromS3, false)).toMatchObject({
      gpus,
      replicasPerInstance: replicas,
      memoryMib,
      sharedMemoryMib,
      streamerBytes: loaderMib * 1024 * 1024,
    });
  });

  it.each([
    ['S3', fromS3, 116, 332, 1200],
    ['the hub', fromHub, 132, 380, 1200],
  ])('gives 16 GB of weights from %s room and time', (_, source, rootVolumeGib, loadSeconds, graceSeconds) => {
    const sizing = sizingOf(instance('g6.xlarge'), 1, 16, source, false);
    expect(sizing.rootVolumeGib).toBe(rootVolumeGib);
    expect(sizing.loadTime.toSeconds()).toBe(loadSeconds);
    expect(sizing.gracePeriod.toSeconds()).toBe(graceSeconds);
  });

  it('gives large weights a longer grace', () => {
    expect(sizingOf(instance('p5.48xlarge'), 8, 405, fromS3, false).gracePeriod.toSeconds()).toBe(1710);
    expect(sizingOf(instance('p5.48xlarge'), 8, 405, fromHub, false).gracePeriod.toSeconds()).toBe(2925);
  });

  it('never gives more memory than nine tenths of the host, nor more to loaders than half of what is left', () => {
    for (const row of GPU_INSTANCES)
      for (const gpus of [1, 2, 4, 8].filter((count) => row.gpus % count === 0)) {
        const sizing = sizingOf(row, gpus, 16, fromS3, true);
        const taken = (sizing.memoryMib + 256 + 512) * sizing.replicasPerInstance;
        expect(taken).toBeLessThanOrEqual(row.memoryGib * 1024 * 0.9);
        const loaders = (sizing.streamerBytes / 1024 / 1024) * gpus + sizing.sharedMemoryMib;
        expect(loaders).toBeLessThan(sizing.memoryMib);
        expect(sizing.sharedMemoryMib).toBeGreaterThanOrEqual(1024);
      }
  });
});

describe('drainTimingsOf', () => {
  it('lets the load balancer give up first, vLLM next and ECS last, whatever the time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3600 }), (seconds) => {
        const drain = drainTimingsOf(Duration.seconds(seconds));
        expect(drain.deregistrationDelay.toSeconds()).toBeLessThanOrEqual(drain.shutdownTimeout.toSeconds());
        expect(drain.shutdownTimeout.toSeconds()).toBeLessThan(drain.stopTimeout.toSeconds());
      }),
    );
  });
});
