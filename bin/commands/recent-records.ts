import { SETTLE_MS } from '../../lambda/shared/store/attribution-port';
import { inBatches } from '../../lambda/shared/store/in-batches';
import type { Store } from '../../lambda/shared/store/port';
import { MINUTE_MS } from '../../lib/core/durations';
import type { Attribution } from '../../lib/core/types';

/** Minutes read at once: a store is far away, and most minutes hold little. */
const AT_ONCE = 16;

/** The minutes of a stretch of time that are complete, as the store names them, oldest first; every so manyth of them. */
export function minutesBetween(fromMs: number, untilMs: number, every = 1): readonly string[] {
  const last = Math.floor((untilMs - SETTLE_MS) / MINUTE_MS);
  const minutes: string[] = [];
  for (let minute = Math.floor(fromMs / MINUTE_MS); minute < last; minute += every) {
    minutes.push(new Date(minute * MINUTE_MS).toISOString().slice(0, 16));
  }
  return minutes;
}

/** Gives every record that came in these minutes to `take`, in no fixed order, and holds none of them. */
export async function eachRecord(
  { attributions }: Pick<Store, 'attributions'>,
  minutes: readonly string[],
  take: (record: Attribution) => void,
): Promise<void> {
  await inBatches(minutes, AT_ONCE, async (minute) => {
    let after: string | undefined;
    do {
      const page = await attributions.arrived(minute, after);
      page.records.forEach(take);
      after = page.next;
    } while (after !== undefined);
  });
}
