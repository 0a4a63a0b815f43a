import { type Arrival, memoryArrivals } from './memory-arrivals';
import { MinuteCounter } from './minute-count';
import type { ArrivedFeedback, AttributionStore } from './port';
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
export function memoryAttributions(capacity: number, nowMs: () => number): AttributionStore {
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

  const keepRecord = keepNewest<Arrival<Text>>(capacity, (oldest) => {
    arrivals.remove(oldest);
    records.delete(oldest.thing.requestId);
  });

  const keepWord = keepNewest<Arrival<Text>>(capacity, (oldest) => {
    const { requestId } = oldest.thing;
    arrivals.remove(oldest);
    if (lastWords.get(requestId)?.arrival === oldest) lastWords.delete(requestId);
  });

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
      keepWord(arrival);
      countOf(arrival.minute).addFeedback(word);
      lastWords.set(requestId, { number, arrival });
      return true;
    },
  };

  return {
    async put(record) {
      const { requestId } = record;
      if (records.has(requestId)) return 'duplicate';
      const arrival = arrive({ kind: 'record', requestId, text: JSON.stringify(record) });
      keepRecord(arrival);
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
}

/** A ring once it is full: a Map finds its first key only past all that were deleted. */
function keepNewest<Thing>(capacity: number, drop: (oldest: Thing) => void): (newest: Thing) => void {
  const ring: Thing[] = [];
  let oldestAt = 0;
  return (newest) => {
    const oldest = ring[oldestAt];
    if (oldest !== undefined) drop(oldest);
    ring[oldestAt] = newest;
    oldestAt = (oldestAt + 1) % capacity;
  };
}
