/** How weights are stored. vLLM reads the scheme itself from the checkpoint; here it tells how large they are. */
export enum VllmPrecision {
  /** Two bytes for each parameter. */
  BF16 = 'bf16',
  /** One byte for each parameter. */
  FP8 = 'fp8',
  /** Half a byte for each parameter. */
  INT4 = 'int4',
}

const BYTES: Readonly<Record<VllmPrecision, number>> = {
  [VllmPrecision.BF16]: 2,
  [VllmPrecision.FP8]: 1,
  [VllmPrecision.INT4]: 0.5,
};

/** Size of the weights in GB (10^9 bytes). */
export function weightsGbOf(parametersBillions: number, precision: VllmPrecision): number {
  return parametersBillions * BYTES[precision];
}
