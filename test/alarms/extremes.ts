/** The greatest value of any stretch, at two looks: level k holds that of the 2^k places from each on. */
export class Extremes {
  readonly #levels: Float64Array[];

  constructor(values: Float64Array) {
    this.#levels = [values];
    for (let width = 1; 2 * width <= values.length; width *= 2) {
      const below = this.#levels[this.#levels.length - 1] as Float64Array;
      this.#levels.push(below.map((value, index) => Math.max(value, below[index + width] ?? Number.NEGATIVE_INFINITY)));
    }
  }

  /** From `start` up to `until`, which is not one of them. */
  greatest(start: number, until: number): number {
    const level = Math.floor(Math.log2(until - start));
    const known = this.#levels[level] as Float64Array;
    return Math.max(known[start] as number, known[until - 2 ** level] as number);
  }
}
