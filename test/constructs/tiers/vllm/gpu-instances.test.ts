import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import {
  GPU_INSTANCES,
  gpuInstanceOf,
  quotaCodeOf,
  smallestInstance,
} from '../../../../lib/constructs/tiers/vllm/gpu-instances';

const of = (type: string) => gpuInstanceOf('Stack/Tier', new InstanceType(type));

describe('gpuInstanceOf', () => {
  it.each([
    ['g5.xlarge', 1, 24, 4, 16],
    ['g5.12xlarge', 4, 24, 48, 192],
    ['g5.16xlarge', 1, 24, 64, 256],
    ['g5.48xlarge', 8, 24, 192, 768],
    ['g6.2xlarge', 1, 24, 8, 32],
    ['g6.24xlarge', 4, 24, 96, 384],
    ['g6e.xlarge', 1, 48, 4, 32],
    ['g6e.16xlarge', 1, 48, 64, 512],
    ['g6e.48xlarge', 8, 48, 192, 1536],
    ['p4d.24xlarge', 8, 40, 96, 1152],
    ['p4de.24xlarge', 8, 80, 96, 1152],
    ['p5.4xlarge', 1, 80, 16, 256],
    ['p5.48xlarge', 8, 80, 192, 2048],
  ])('knows that %s has %d GPUs of %d GB, %d vCPUs and %d GiB', (type, gpus, gpuMemoryGb, vcpus, memoryGib) => {
    expect(of(type)).toMatchObject({ type, gpus, gpuMemoryGb, vcpus, memoryGib });
  });

  it('has each type once', () => {
    const types = GPU_INSTANCES.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });

  it('refuses a type without a GPU and says what has one', () => {
    expect(() => of('m7i.xlarge')).toThrow(/Stack\/Tier: m7i\.xlarge has no NVIDIA GPU.*g5, g6, g6e, p4d, p4de or p5/);
  });

  it('refuses a size that its family does not have and lists the sizes', () => {
    expect(() => of('p5.24xlarge')).toThrow(/p5\.24xlarge is not a size of p5; use one of p5\.4xlarge, p5\.48xlarge/);
  });
});

describe('quotaCodeOf', () => {
  it.each([
    ['g5.xlarge', 'L-DB2E81BA'],
    ['g6e.48xlarge', 'L-DB2E81BA'],
    ['p4d.24xlarge', 'L-417A185B'],
    ['p5.4xlarge', 'L-417A185B'],
  ])('counts %s against %s', (type, code) => {
    expect(quotaCodeOf(of(type))).toBe(code);
  });
});

describe('smallestInstance', () => {
  it.each([
    ['g6', 0, 'g6.xlarge'],
    ['g5', 0, 'g5.xlarge'],
    ['g5', 25, 'g6e.xlarge'],
    ['g5', 90, 'g5.12xlarge'],
    ['g6', 500, 'p4de.24xlarge'],
  ])('with the family %s and %d GB to hold is %s', (family, gigabytes, type) => {
    const holds = smallestInstance((row) => row.gpus * row.gpuMemoryGb >= gigabytes, family);
    expect(holds?.type).toBe(type);
  });

  it('is none where nothing is large enough', () => {
    expect(smallestInstance(() => false, 'g5')).toBeUndefined();
  });
});
