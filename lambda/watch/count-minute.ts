import type { AttributionStore, MinuteCount } from '../shared/store/attribution-port';
import { MinuteCounter } from '../shared/store/minute-count';

/**
 * Questions of a minute among which repeats are looked for: ten minutes of so many take 300 MB and two seconds. In a
 * busier minute not all that are asked again are told.
 */
const MOST_QUESTIONS = 6000;

/** Adds up what came in a minute that is complete. Sorted page by page: sums depend, in their last digits, on the order. */
export async function countMinute(
  { arrived, counted }: Pick<AttributionStore, 'arrived' | 'counted'>,
  minute: string,
): Promise<MinuteCount> {
  if (counted !== undefined) return counted(minute);
  const count = new MinuteCounter(MOST_QUESTIONS);
  let next: string | undefined;
  do {
    const page = await arrived(minute, next);
    for (const record of sorted(page.records, ({ requestId }) => requestId)) count.addRecord(record);
    for (const word of sorted(page.feedback, ({ feedback }) => `${feedback.requestId} ${feedback.time}`)) {
      count.addFeedback(word);
    }
    next = page.next;
  } while (next !== undefined);
  return count;
}

function sorted<Thing>(things: readonly Thing[], keyOf: (thing: Thing) => string): Thing[] {
  return things
    .map((thing) => ({ thing, key: keyOf(thing) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ thing }) => thing);
}
