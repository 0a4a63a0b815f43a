import { adaptersInS3 } from './adapter-copy';
import { checkProps, checkTensorParallel } from './check-props';
import { DEFAULTS } from './defaults';
import { type DrainTimings, drainTimingsOf } from './drain';
import { type GpuInstance, gpuInstanceOf } from './gpu-instances';
import { requireFit } from './model-fit';
import { weightsGbOf } from './precision';
import type { VllmTierProps } from './props';
import { mostReplicas, type Replicas } from './scaling';
import { sizingOf, type VllmSizing } from './sizing';

/** All that is derived from the props before anything is made of them. */
export interface VllmPlan {
  readonly instance: GpuInstance;
  readonly replicas: Replicas;
  readonly sizing: VllmSizing;
  readonly drain: DrainTimings;
  /** Instances there may be at the same time, those of a rollout included. */
  readonly maxInstances: number;
  /** Names the model answers to. */
  readonly servedNames: string[];
}

/** Checks the props and derives what follows from them; `path` names the tier in what is thrown. */
export function planOf(path: string, props: VllmTierProps): VllmPlan {
  const instance = gpuInstanceOf(path, props.instanceType);
  const replicas = replicasOf(props);
  checkProps(path, props, replicas);
  const sizing = sizingFor(path, props, instance);
  return {
    instance,
    replicas,
    sizing,
    drain: drainTimingsOf(props.drainTimeout ?? DEFAULTS.drainTimeout),
    maxInstances: maxInstancesOf(props, replicas, sizing),
    servedNames: [props.model, `${props.model}@${props.modelVersion}`],
  };
}

function replicasOf({ minReplicas: min = DEFAULTS.minReplicas, maxReplicas }: VllmTierProps): Replicas {
  return { min, max: maxReplicas ?? Math.max(min, DEFAULTS.maxReplicas) };
}

function sizingFor(path: string, props: VllmTierProps, instance: GpuInstance): VllmSizing {
  const { model, parametersBillions, precision = DEFAULTS.precision, weights, adapters = [] } = props;
  const gpus = props.tensorParallel ?? instance.gpus;
  checkTensorParallel(path, gpus, instance);
  const weightsGb = weightsGbOf(parametersBillions, precision);
  const gpuMemoryUtilization = props.gpuMemoryUtilization ?? DEFAULTS.gpuMemoryUtilization;
  requireFit(path, { model, parametersBillions, precision, weightsGb, gpus, gpuMemoryUtilization }, instance);
  return sizingOf(instance, gpus, weightsGb, weights._source, adaptersInS3(adapters).length > 0);
}

function maxInstancesOf(
  { schedules = [], maxHealthyPercent = DEFAULTS.maxHealthyPercent }: VllmTierProps,
  replicas: Replicas,
  { replicasPerInstance }: VllmSizing,
): number {
  const most = Math.floor((mostReplicas(replicas, schedules) * Math.max(maxHealthyPercent, 100)) / 100);
  return Math.ceil(most / replicasPerInstance);
}
