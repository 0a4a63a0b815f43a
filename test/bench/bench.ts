/** One of the project's own measurements. Figures compare within one run; none is a promise of a machine. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(options: BenchOptions): Promise<BenchReport>;
}

export interface BenchOptions {
  /** Fewer rounds and shorter warm-ups: enough to see a regression, too little to quote. */
  readonly quick: boolean;
  /** Of the soak; absent: its own. */
  readonly minutes?: number;
  readonly perSecond?: number;
  /** Of the month; absent: its own. */
  readonly requests?: number;
  /** Takes what is going on, for a person who waits. */
  readonly progress: (message: string) => void;
}

export interface BenchReport {
  /** As it goes into the JSON document. */
  readonly result: unknown;
  /** The first row holds the headings. */
  readonly table: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const middle = sorted.length >> 1;
  const above = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? above : ((sorted[middle - 1] ?? Number.NaN) + above) / 2;
}
