/** The greatest value of any stretch, at two looks: level k holds that of the 2^k places from each on. */
export class Extremes {
  readonly #levels: Float64Array[];

  constructor(values: Float64Array) {
    this.#levels = [values];
    for (let width = 1; 2 * width <= values.length; width *= 2) {
      const below = this.#levels[this.#levels.length - 1] as Float64Array;
      this.#levels.push(widened(below, width));
    }
  }

  /** From `start` up to `until`, which is not one of them. */
  greatest(start: number, until: number): number {
    const level = Math.floor(Math.log2(until - start));
    const known = this.#levels[level] as Float64Array;
    return Math.max(known[start] as number, known[until - 2 ** level] as number);
  }
}

function widened(below: Float64Array, width: number): Float64Array {
  const level = below.slice();
  for (let place = 0; place + width < below.length; place++)
    level[place] = Math.max(below[place] as number, below[place + width] as number);
  return level;
}
