import { Duration } from 'aws-cdk-lib';
import type { GpuInstance } from './gpu-instances';
import type { WeightsSource } from './weights';

/** What a replica gets of its instance, and how long it takes to start. */
export interface VllmSizing {
  /** GPUs of one replica: the tensor parallelism of its model. */
  readonly gpus: number;
  readonly replicasPerInstance: number;
  /** Memory of the vLLM container. */
  readonly memoryMib: number;
  /** `/dev/shm` of the container, through which the processes of the GPUs talk. */
  readonly sharedMemoryMib: number;
  /** Host memory that the loader of one GPU may take. */
  readonly streamerBytes: number;
  readonly rootVolumeGib: number;
  /** How long weights need to arrive, and the engine to compile. */
  readonly loadTime: Duration;
  /** How long a starting task is not judged by its health. */
  readonly gracePeriod: Duration;
}

/** Memory beside vLLM in a task: the metrics agent, and the container that copies adapters. */
export const AGENT_MEMORY_MIB = 256;
export const ADAPTER_MEMORY_MIB = 512;

/** Share of a host's memory that tasks may take; the rest is the kernel's and the agent's. */
const TASK_MEMORY_SHARE = 0.9;
const SHARED_MEMORY_MIB_PER_GPU = 4096;
/** System, two images of about 25 GiB unpacked, compiled graphs, logs. */
const SYSTEM_GIB = 100;
/** Graph compilation and capture. Measured between two and five minutes; the image's pull comes on top. */
const ENGINE_START_SECONDS = 300;
/** What a first start on a fresh instance takes beside the weights: image, engine, and twice the usual for bad days. */
const FRESH_START_SECONDS = 900;
const LEAST_GRACE_SECONDS = 1200;

export function sizingOf(
  instance: GpuInstance,
  gpus: number,
  weightsGb: number,
  weights: WeightsSource,
  copiesAdapters: boolean,
): VllmSizing {
  const replicasPerInstance = Math.floor(instance.gpus / gpus);
  const beside = AGENT_MEMORY_MIB + (copiesAdapters ? ADAPTER_MEMORY_MIB : 0);
  const memoryMib = Math.floor((instance.memoryGib * 1024 * TASK_MEMORY_SHARE) / replicasPerInstance) - beside;
  // On a host with little memory, a quarter: shared memory counts against the container's own limit.
  const sharedMemoryMib = Math.min(gpus * SHARED_MEMORY_MIB_PER_GPU, Math.floor(memoryMib / 4));
  const loadSeconds = Math.ceil(weightsGb / weights.gbPerSecond);
  return {
    gpus,
    replicasPerInstance,
    memoryMib,
    sharedMemoryMib,
    // Each GPU has a loader; together they take half of what is left, since a small host has less memory than its model.
    streamerBytes: Math.floor((memoryMib - sharedMemoryMib) / 2 / gpus) * 1024 * 1024,
    rootVolumeGib: SYSTEM_GIB + Math.ceil(weights.copiesOnDisk * weightsGb),
    loadTime: Duration.seconds(ENGINE_START_SECONDS + loadSeconds),
    gracePeriod: Duration.seconds(Math.max(LEAST_GRACE_SECONDS, FRESH_START_SECONDS + loadSeconds)),
  };
}
