import type { Value } from '../fixtures/metric-math';
import type { Datapoints } from './datapoints';
import { Extremes } from './extremes';

/** Values of one metric by minute; a minute without any has a count of 0. */
interface Series {
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly max: Float64Array;
  readonly min: Float64Array;
  /** Of all minutes before. */
  readonly sumBefore: Float64Array;
  readonly countBefore: Float64Array;
  /** Made when they are asked for: of the greatest values, and of the smallest with their signs turned. */
  highest?: Extremes;
  lowest?: Extremes;
}

/** Metrics minute by minute, as CloudWatch keeps them, and their statistics over any stretch. */
export class Minutes {
  readonly #series = new Map<string, Series>();

  constructor(readonly length: number) {}

  /** Adds what was emitted in a minute, as if it had been so many times. */
  put(minute: number, points: Datapoints, times = 1): void {
    if (times === 0) return;
    for (const [key, point] of points) {
      const { sum, count, max, min } = this.#of(key);
      const isFirst = count[minute] === 0;
      sum[minute] = (sum[minute] as number) + point.sum * times;
      count[minute] = (count[minute] as number) + point.count * times;
      max[minute] = isFirst ? point.max : Math.max(max[minute] as number, point.max);
      min[minute] = isFirst ? point.min : Math.min(min[minute] as number, point.min);
    }
  }

  /** To be called once all minutes are there. */
  close(): this {
    for (const { sum, count, sumBefore, countBefore } of this.#series.values()) {
      for (let minute = 0; minute < this.length; minute++) {
        sumBefore[minute + 1] = (sumBefore[minute] as number) + (sum[minute] as number);
        countBefore[minute + 1] = (countBefore[minute] as number) + (count[minute] as number);
      }
    }
    return this;
  }

  keys(): Iterable<string> {
    return this.#series.keys();
  }

  /** Of the minutes from `from` up to `until`, which is not one of them; undefined where there is no value. */
  statistic(key: string, statistic: string, from: number, until: number): Value {
    const series = this.#series.get(key);
    if (series === undefined) return undefined;
    const start = Math.max(0, from);
    const { sumBefore, countBefore } = series;
    const count = (countBefore[until] as number) - (countBefore[start] as number);
    if (count === 0) return undefined;
    const sum = (sumBefore[until] as number) - (sumBefore[start] as number);
    if (statistic === 'Sum') return sum;
    if (statistic === 'Average') return sum / count;
    if (statistic === 'SampleCount') return count;
    if (statistic === 'Maximum') {
      series.highest ??= new Extremes(series.max.map((value, minute) => present(series, minute, value)));
      return series.highest.greatest(start, until);
    }
    if (statistic === 'Minimum') {
      series.lowest ??= new Extremes(series.min.map((value, minute) => present(series, minute, -value)));
      return -series.lowest.greatest(start, until);
    }
    throw new Error(`no statistic is called "${statistic}"`);
  }

  #of(key: string): Series {
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const { length } = this;
    const series = {
      sum: new Float64Array(length),
      count: new Float64Array(length),
      max: new Float64Array(length),
      min: new Float64Array(length),
      sumBefore: new Float64Array(length + 1),
      countBefore: new Float64Array(length + 1),
    };
    this.#series.set(key, series);
    return series;
  }
}

function present({ count }: Series, minute: number, value: number): number {
  return count[minute] === 0 ? Number.NEGATIVE_INFINITY : value;
}
