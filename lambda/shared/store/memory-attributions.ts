import type { ArrivedFeedback, AttributionStore } from './attribution-port';
import type { ErasableRequests } from './erasure';
import { type Arrival, memoryArrivals } from './memory-arrivals';
import { MinuteCounter } from './minute-count';
import { beginningOf, stretchAt } from './stretch';
import { feedbackIn, type Words } from './words';

/** As text: what comes out is what a table would give, and nobody can change it from outside. */
interface Text {
  readonly kind: 'record' | 'word';
  readonly requestId: string;
  readonly text: string;
}

/** Minutes of which something came that are kept counted: more than are looked back on for questions asked again. */
const MINUTES_COUNTED = 15;
/** Questions kept of one minute, as a share of the capacity: in a busier one, not all that are asked again are told. */
const QUESTIONS_SHARE = 0.25;

/** The last `capacity` records, and as many words of feedback; counts of all that ever came. */
export function memoryAttributions(
  capacity: number,
  nowMs: () => number,
): { readonly attributions: AttributionStore; readonly requests: ErasableRequests } {
  const arrivals = memoryArrivals<Text>();
  const records = new Map<string, Arrival<Text>>();
  const lastWords = new Map<string, { readonly number: number; readonly arrival: Arrival<Text> }>();
  const counts = new Map<string, MinuteCounter>();

  const arrive = (thing: Text) => arrivals.add(stretchAt('minute', nowMs()), thing);

  function countOf(minute: string): MinuteCounter {
    const known = counts.get(minute);
    if (known !== undefined) return known;
    const count = new MinuteCounter(Math.ceil(capacity * QUESTIONS_SHARE));
    counts.set(minute, count);
    const [oldest] = counts.keys();
    if (counts.size > MINUTES_COUNTED && oldest !== undefined) counts.delete(oldest);
    return count;
  }

  function drop(arrival: Arrival<Text>): void {
    const { requestId } = arrival.thing;
    arrivals.remove(arrival);
    if (records.get(requestId)?.sequence === arrival.sequence) records.delete(requestId);
    if (lastWords.get(requestId)?.arrival.sequence === arrival.sequence) lastWords.delete(requestId);
  }

  const newestRecords = newest<Arrival<Text>>(capacity, drop);
  const newestWords = newest<Arrival<Text>>(capacity, drop);

  const words: Words = {
    async last(requestId) {
      const last = lastWords.get(requestId);
      if (last === undefined) return undefined;
      const { feedback }: ArrivedFeedback = JSON.parse(last.arrival.thing.text);
      return { number: last.number, feedback };
    },

    async add(number, word) {
      const { requestId } = word.feedback;
      if ((lastWords.get(requestId)?.number ?? 0) !== number - 1) return false;
      const arrival = arrive({ kind: 'word', requestId, text: JSON.stringify(word) });
      newestWords.keep(arrival);
      countOf(arrival.minute).addFeedback(word);
      lastWords.set(requestId, { number, arrival });
      return true;
    },
  };

  const requests: ErasableRequests = {
    async oldestMs() {
      const oldest = arrivals.oldest();
      return oldest === undefined ? undefined : beginningOf('minute', oldest);
    },

    async removeRequest(requestId, before) {
      const gone = arrivals.before(before).filter(({ thing }) => thing.requestId === requestId);
      for (const arrival of gone) {
        drop(arrival);
        const isIt = (other: Arrival<Text>) => other.sequence === arrival.sequence;
        newestRecords.forget(isIt);
        newestWords.forget(isIt);
      }
      const feedback = gone.filter(({ thing }) => thing.kind === 'word').length;
      return { records: gone.length - feedback, feedback };
    },
  };

  const attributions: AttributionStore = {
    async put(record) {
      const { requestId } = record;
      if (records.has(requestId)) return 'duplicate';
      const arrival = arrive({ kind: 'record', requestId, text: JSON.stringify(record) });
      newestRecords.keep(arrival);
      countOf(arrival.minute).addRecord(record);
      records.set(requestId, arrival);
      return 'stored';
    },

    async get(requestId) {
      const arrival = records.get(requestId);
      return arrival === undefined ? undefined : JSON.parse(arrival.thing.text);
    },

    ...feedbackIn(words),

    counted(minute) {
      beginningOf('minute', minute);
      return counts.get(minute) ?? new MinuteCounter();
    },

    async arrived(minute, after) {
      beginningOf('minute', minute);
      const { things, next } = arrivals.page(minute, after);
      const those = (kind: Text['kind']) =>
        things.filter((thing) => thing.kind === kind).map(({ text }) => JSON.parse(text));
      return { records: those('record'), feedback: those('word'), ...(next !== undefined && { next }) };
    },
  };
  return { attributions, requests };
}

interface Newest<Thing> {
  keep(thing: Thing): void;
  forget(isIt: (thing: Thing) => boolean): void;
}

/** A ring once it is full: a Map finds its first key only past all that were deleted. */
function newest<Thing>(capacity: number, drop: (oldest: Thing) => void): Newest<Thing> {
  const ring: (Thing | undefined)[] = [];
  let oldestAt = 0;
  return {
    keep(thing) {
      const oldest = ring[oldestAt];
      if (oldest !== undefined) drop(oldest);
      ring[oldestAt] = thing;
      oldestAt = (oldestAt + 1) % capacity;
    },
    forget(isIt) {
      const at = ring.findIndex((thing) => thing !== undefined && isIt(thing));
      if (at >= 0) ring[at] = undefined;
    },
  };
}
