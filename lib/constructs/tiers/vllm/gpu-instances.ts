import { Token } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';

/** What an instance type brings. Memory of GPUs in GB (10^9 bytes), as their makers count; memory of the host in GiB. */
export interface GpuInstance {
  readonly type: string;
  readonly family: string;
  readonly gpus: number;
  readonly gpuMemoryGb: number;
  readonly vcpus: number;
  readonly memoryGib: number;
}

/** Sizes of the G families. A 16xlarge has one GPU although a 12xlarge has four: the larger sizes add processors. */
const G_SIZES: readonly (readonly [size: string, gpus: number, vcpus: number])[] = [
  ['xlarge', 1, 4],
  ['2xlarge', 1, 8],
  ['4xlarge', 1, 16],
  ['8xlarge', 1, 32],
  ['16xlarge', 1, 64],
  ['12xlarge', 4, 48],
  ['24xlarge', 4, 96],
  ['48xlarge', 8, 192],
];

function gFamily(family: string, gpuMemoryGb: number, gibPerVcpu: number): GpuInstance[] {
  return G_SIZES.map(([size, gpus, vcpus]) => ({
    type: `${family}.${size}`,
    family,
    gpus,
    gpuMemoryGb,
    vcpus,
    memoryGib: vcpus * gibPerVcpu,
  }));
}

/** Every type a tier can stand on, from the pages of the instance types. */
export const GPU_INSTANCES: readonly GpuInstance[] = [
  ...gFamily('g6', 24, 4),
  ...gFamily('g5', 24, 4),
  ...gFamily('g6e', 48, 8),
  { type: 'p5.4xlarge', family: 'p5', gpus: 1, gpuMemoryGb: 80, vcpus: 16, memoryGib: 256 },
  { type: 'p4d.24xlarge', family: 'p4d', gpus: 8, gpuMemoryGb: 40, vcpus: 96, memoryGib: 1152 },
  { type: 'p4de.24xlarge', family: 'p4de', gpus: 8, gpuMemoryGb: 80, vcpus: 96, memoryGib: 1152 },
  { type: 'p5.48xlarge', family: 'p5', gpus: 8, gpuMemoryGb: 80, vcpus: 192, memoryGib: 2048 },
];

/** Quotas of EC2 that bound on-demand instances of a family, counted in vCPUs. Both may be zero in a new account. */
const QUOTA_CODES = { g: 'L-DB2E81BA', p: 'L-417A185B' } as const;

export function quotaCodeOf({ family }: GpuInstance): string {
  return family.startsWith('p') ? QUOTA_CODES.p : QUOTA_CODES.g;
}

/** The row of an instance type; refuses what has no GPU or is not known. */
export function gpuInstanceOf(path: string, instanceType: InstanceType): GpuInstance {
  const type = instanceType.toString();
  if (Token.isUnresolved(type))
    throw new Error(
      `${path}: instanceType is only known at deployment, but GPUs, memory and volumes are derived from it; give a literal type`,
    );
  const instance = GPU_INSTANCES.find((row) => row.type === type);
  if (instance) return instance;
  const family = type.split('.', 1)[0];
  const sizes = GPU_INSTANCES.filter((row) => row.family === family).map((row) => row.type);
  throw new Error(
    sizes.length > 0
      ? `${path}: ${type} is not a size of ${family}; use one of ${sizes.join(', ')}`
      : `${path}: ${type} has no NVIDIA GPU that a VllmTier can use; use a type of the families g5, g6, g6e, p4d, p4de or p5, such as g6.xlarge`,
  );
}

/** The smallest type that satisfies a need: G before P, then GPU memory, then processors, then a family already chosen. */
export function smallestInstance(
  satisfies: (instance: GpuInstance) => boolean,
  preferredFamily: string,
): GpuInstance | undefined {
  const rank = (row: GpuInstance): number[] => [
    row.family.startsWith('p') ? 1 : 0,
    row.gpus * row.gpuMemoryGb,
    row.vcpus,
    row.family === preferredFamily ? 0 : 1,
  ];
  return GPU_INSTANCES.filter(satisfies).sort((a, b) => compare(rank(a), rank(b)))[0];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
