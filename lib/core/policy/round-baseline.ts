import type { Baseline } from '../types-policy';
import { isRecord } from './draft';

const DIGITS = 6;

/** To as many digits as anybody reads; a bound never becomes a tighter one. */
export function roundBaseline(baseline: Baseline): Baseline {
  const { low, high, inputs, mix, ...rest } = baseline;
  return {
    ...(shortened(rest) as Baseline),
    ...(low !== undefined && { low: outwards(low, Math.floor) }),
    ...(high !== undefined && { high: outwards(high, Math.ceil) }),
    ...(mix !== undefined && { mix: shortened(mix) as NonNullable<Baseline['mix']> }),
    ...(inputs !== undefined && { inputs: shortened(inputs) as NonNullable<Baseline['inputs']> }),
  };
}

function outwards(bound: number, round: (value: number) => number): number {
  return Math.min(1, round(Number((bound * 10 ** DIGITS).toFixed(3))) / 10 ** DIGITS);
}

function shortened(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(DIGITS));
  if (Array.isArray(value)) return value.map(shortened);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]));
}
