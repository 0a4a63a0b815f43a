import { type GpuInstance, smallestInstance } from './gpu-instances';

/** GB of each GPU kept for the CUDA context, graphs, activations and the smallest useful KV cache. */
const MARGIN_GB = 2;

/** A model as far as its place in GPU memory goes. */
export interface ModelFit {
  readonly model: string;
  readonly parametersBillions: number;
  readonly precision: string;
  readonly weightsGb: number;
  /** GPUs of one replica. */
  readonly gpus: number;
  /** Share of GPU memory that vLLM may take. */
  readonly gpuMemoryUtilization: number;
}

/** GB that GPUs of an instance have for weights. */
function roomGb(gpus: number, { gpuMemoryGb }: GpuInstance, { gpuMemoryUtilization }: ModelFit): number {
  return gpus * (gpuMemoryGb * gpuMemoryUtilization - MARGIN_GB);
}

/** Refuses a model whose weights do not fit into the GPUs of one replica, and names what would hold them. */
export function requireFit(path: string, fit: ModelFit, instance: GpuInstance): void {
  const room = roomGb(fit.gpus, instance, fit);
  if (fit.weightsGb < room) return;
  const share = Math.round(fit.gpuMemoryUtilization * 100);
  throw new Error(
    `${path}: ${fit.model} does not fit: ${fit.parametersBillions} billion parameters at ${fit.precision} are ` +
      `${fit.weightsGb.toFixed(1)} GB of weights, but ${fit.gpus} x ${instance.gpuMemoryGb} GB of ${instance.type} hold ` +
      `${room.toFixed(1)} GB of them (${share} % of the memory less ${MARGIN_GB} GB a GPU); ${remedy(fit, instance)}`,
  );
}

function remedy(fit: ModelFit, instance: GpuInstance): string {
  if (fit.weightsGb < roomGb(instance.gpus, instance, fit))
    return `raise tensorParallel to ${instance.gpus}, the GPUs of ${instance.type}, or choose a smaller precision`;
  const fitting = smallestInstance((row) => fit.weightsGb < roomGb(row.gpus, row, fit), instance.family);
  return fitting
    ? `use ${fitting.type} (${fitting.gpus} x ${fitting.gpuMemoryGb} GB, the smallest type that holds them) or a smaller precision`
    : 'no supported type holds them; choose a smaller model or precision';
}
