/** Virtual time: what is to happen, in the order of its time; of the same time, in the order it was planned. */
export class Calendar {
  /** A binary heap. */
  private readonly entries: Entry[] = [];
  private planned = 0;
  nowMs = 0;

  plan(atMs: number, happen: () => void): void {
    const entry = { atMs: Math.max(atMs, this.nowMs), order: this.planned++, happen };
    let index = this.entries.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isSooner(entry, this.entries[parent] as Entry)) break;
      this.entries[index] = this.entries[parent] as Entry;
      index = parent;
    }
    this.entries[index] = entry;
  }

  /** Lets the next thing happen; false where nothing is planned. */
  advance(): boolean {
    const [first] = this.entries;
    const last = this.entries.pop();
    if (first === undefined || last === undefined) return false;
    if (this.entries.length > 0) this.sink(last);
    this.nowMs = first.atMs;
    first.happen();
    return true;
  }

  private sink(entry: Entry): void {
    const { length } = this.entries;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      const right = this.entries[child + 1];
      if (right !== undefined && isSooner(right, this.entries[child] as Entry)) child += 1;
      if (!isSooner(this.entries[child] as Entry, entry)) break;
      this.entries[index] = this.entries[child] as Entry;
      index = child;
    }
    this.entries[index] = entry;
  }
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

function isSooner(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
