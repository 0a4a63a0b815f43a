import type { AttributionStore } from '../../../lambda/shared/store/attribution-port';
import { inBatches } from '../../../lambda/shared/store/in-batches';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { Attribution } from '../../../lib/core/types';
import type { Feedback } from '../../../lib/core/types-feedback';
import type { Period } from '../rollups-between';

/** What came of a customer in one minute, or a page of it. */
export interface Found {
  readonly minute: string;
  readonly records: readonly Attribution[];
  readonly feedback: readonly Feedback[];
}

export interface LookThrough {
  readonly customer: string;
  readonly periods: readonly Period[];
  readonly take: (found: Found) => Promise<void> | void;
  /** Told of each period before it is looked through. */
  readonly onPeriod: (period: Period, done: number) => void;
}

/** Minutes read at once: nearly all of the time is spent waiting for the store. */
const AT_ONCE = 16;

/** Gives everything that came of a customer to `take`, page by page, and holds none of it. */
export async function lookThrough(
  attributions: Pick<AttributionStore, 'arrived'>,
  { customer, periods, take, onPeriod }: LookThrough,
): Promise<void> {
  async function lookAt(minute: string): Promise<void> {
    let after: string | undefined;
    do {
      const page = await attributions.arrived(minute, after);
      const records = page.records.filter((record) => record.customer === customer);
      const feedback = page.feedback.map((word) => word.feedback).filter((word) => word.customer === customer);
      if (records.length + feedback.length > 0) await take({ minute, records, feedback });
      after = page.next;
    } while (after !== undefined);
  }

  for (const [done, period] of periods.entries()) {
    onPeriod(period, done);
    await inBatches(minutesOf(period), AT_ONCE, lookAt);
  }
}

function minutesOf({ fromMs, untilMs }: Period): string[] {
  const minutes: string[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += MINUTE_MS) minutes.push(stretchAt('minute', atMs));
  return minutes;
}
