import { DIMENSIONS, type DimensionName, type Policy } from '../types-policy';
import type { Signals, Standing } from './dimensions/signals';
import { DIMENSION_TABLE } from './dimensions/table';

const DEFAULT_WEIGHTS = DIMENSIONS.map((name) => DIMENSION_TABLE[name].weight);

/** The policy's weights over the defaults, scaled to sum to 1. All zero is as good as none. */
function weightsOf(policy: Policy): readonly number[] {
  const weights = DIMENSIONS.map((name) => policy.score.weights[name] ?? DIMENSION_TABLE[name].weight);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? weights.map((weight) => weight / sum) : DEFAULT_WEIGHTS;
}

/** One decimal is more than the dimensions can tell apart. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export interface Scored {
  readonly dimensions: Readonly<Record<DimensionName, number>>;
  readonly score: number;
}

/** Compiles the policy's weights; the returned function computes all dimensions and their weighted mean, 0 to 100. */
export function compileScore(policy: Policy): (signals: Signals, standing: Standing) => Scored {
  const weights = weightsOf(policy);
  const rows = DIMENSIONS.map((name, index) => ({
    name,
    of: DIMENSION_TABLE[name].of,
    weight: weights[index] as number,
  }));
  return (signals, standing) => {
    const dimensions = {} as Record<DimensionName, number>;
    let mean = 0;
    for (const { name, of, weight } of rows) {
      const value = rounded(of(signals, standing));
      dimensions[name] = value;
      mean += value * weight;
    }
    return { dimensions, score: rounded(10 * mean) };
  };
}
