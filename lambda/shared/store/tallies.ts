import type { Lifetime } from './documents';

/** Whole numbers by name. One that is not there is 0. */
export type Tally = Readonly<Record<string, number>>;

export interface Bounds {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** No number stands in more than one of `add`, `set` and `remove`. */
export interface TallyChange {
  readonly add?: Tally;
  readonly set?: Tally;
  readonly remove?: readonly string[];
  /** Where a number lies outside its bounds, nothing is changed. */
  readonly where?: Readonly<Record<string, Bounds>>;
  /** Absent: as before. */
  readonly lifetime?: Lifetime;
  /** Never done twice, should an answer be lost on the way: then `UnsureError` is thrown. */
  readonly once?: boolean;
}

export interface TallyResult {
  readonly done: boolean;
  /** After the change, or as it was found where nothing was changed. */
  readonly tally: Tally;
}

/** Numbers that are counted by many at once. A change is one write on one item, and happens wholly or not at all. */
export interface Tallies {
  read(id: string): Promise<Tally>;
  change(id: string, change: TallyChange): Promise<TallyResult>;
  /** Of all there are, some that have expired among them, in no fixed order. Reads everything: never for a request. */
  ids(): AsyncIterable<string>;
  /** False where nothing was there. */
  remove(id: string): Promise<boolean>;
}

/** A write that was sent, and nobody knows whether it was done. */
export class UnsureError extends Error {
  override readonly name = 'UnsureError';
}

/** The tally after the change; undefined where the change may not be made. */
export function changedTally(tally: Tally, { add = {}, set = {}, remove = [], where = {} }: TallyChange) {
  for (const [name, bounds] of Object.entries(where)) {
    if (!isWithin(tally[name] ?? 0, bounds)) return undefined;
  }
  const after: Record<string, number> = Object.assign({}, tally, set);
  for (const [name, amount] of Object.entries(add)) after[name] = (after[name] ?? 0) + amount;
  for (const name of remove) delete after[name];
  return after;
}

export function isWithin(value: number, { atLeast = -Infinity, atMost = Infinity }: Bounds): boolean {
  return value >= atLeast && value <= atMost;
}
