/** What the stores of keys, switches, sessions, states and traces of erasures are made of. */
export type Collection = 'key' | 'key-id' | 'session' | 'switch' | 'switch-event' | 'state' | 'erasure';

export interface StoredDocument {
  readonly document: unknown;
  /** Another one after every write. */
  readonly revision: string;
}

/** How long something is of use, for a place to clear it away afterwards. It may lie there longer: whoever reads it looks. */
export interface Lifetime {
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

export interface WriteOptions {
  /** Revision that must be there, or null for nothing. Absent: what is there gives way. */
  readonly expected?: string | null;
  /** Place in the list of its collection, in the order of text. Absent: it is not listed. */
  readonly position?: string;
  /** Absent: for good. */
  readonly lifetime?: Lifetime;
}

export interface ListOptions {
  readonly newestFirst?: boolean;
  readonly limit?: number;
}

/** JSON documents that are written whole, each by itself, and only where what is there is what was expected. */
export interface Documents {
  read(collection: Collection, id: string): Promise<StoredDocument | undefined>;
  /** False, and nothing is written, where something else than expected is there. */
  write(collection: Collection, id: string, document: unknown, options: WriteOptions): Promise<boolean>;
  list(collection: Collection, options?: ListOptions): Promise<readonly unknown[]>;
  /** False where nothing was there. */
  remove(collection: Collection, id: string): Promise<boolean>;
}

/** Those of a list that are asked for, in their order. */
export function listed<Row extends { readonly position: string }>(
  rows: readonly Row[],
  { newestFirst = false, limit }: ListOptions,
): Row[] {
  const sorted = [...rows].sort((left, right) => (left.position < right.position ? -1 : 1));
  return (newestFirst ? sorted.reverse() : sorted).slice(0, limit);
}
