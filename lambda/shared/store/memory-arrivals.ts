import { noPageToken } from './page-token';

/** Something that came in a minute. */
export interface Arrival<Thing> {
  readonly minute: string;
  /** Counts everything that came. */
  readonly sequence: number;
  readonly thing: Thing;
}

export interface MemoryArrivals<Thing> {
  add(minute: string, thing: Thing): Arrival<Thing>;
  remove(arrival: Arrival<Thing>): void;
  /** Everything that came before a minute. */
  before(minute: string): readonly Arrival<Thing>[];
  /** The first minute of which something is there. */
  oldest(): string | undefined;
  page(minute: string, after?: string): { readonly things: readonly Thing[]; readonly next?: string };
}

const PAGE_SIZE = 1000;
const TOKEN = /^\d{1,16}$/;

/** What came, by the minute. */
export function memoryArrivals<Thing>(): MemoryArrivals<Thing> {
  const minutes = new Map<string, Map<number, Thing>>();
  let came = 0;

  return {
    add(minute, thing) {
      came += 1;
      const inMinute = minutes.get(minute) ?? new Map<number, Thing>();
      minutes.set(minute, inMinute.set(came, thing));
      return { minute, sequence: came, thing };
    },

    remove({ minute, sequence }) {
      const inMinute = minutes.get(minute);
      inMinute?.delete(sequence);
      if (inMinute?.size === 0) minutes.delete(minute);
    },

    before(minute) {
      const earlier = [...minutes].filter(([other]) => other < minute);
      return earlier.flatMap(([other, things]) =>
        [...things].map(([sequence, thing]) => ({ minute: other, sequence, thing })),
      );
    },

    oldest: () => [...minutes.keys()].sort()[0],

    page(minute, after = '0') {
      if (!TOKEN.test(after)) throw noPageToken(after);
      const left = [...(minutes.get(minute) ?? [])].filter(([sequence]) => sequence > Number(after));
      const page = left.slice(0, PAGE_SIZE);
      const things = page.map(([, thing]) => thing);
      const last = page.at(-1);
      return left.length > PAGE_SIZE && last !== undefined ? { things, next: String(last[0]) } : { things };
    },
  };
}
