import type { AttributionStore } from '../../lambda/shared/store/attribution-port';
import { inBatches } from '../../lambda/shared/store/in-batches';
import { stretchAt } from '../../lambda/shared/store/stretch';
import { MINUTE_MS } from '../../lib/core/durations';
import { ASKED_AGAIN_MS, askedAgain } from '../../lib/core/telemetry/asked-again';
import type { Attribution } from '../../lib/core/types';

/** How a request stands to others of the same caller, by request id. */
export interface Repeats {
  /** What it asks again. */
  readonly asksAgain?: string;
  /** Those that ask it again. */
  readonly askedAgainBy: readonly string[];
}

/** A record comes when its answer has left. */
const ANSWERED_MS = 2 * MINUTE_MS;
const READ_AT_ONCE = 4;
/** Beyond so many records of all callers looking is left to the watch, which reads each of them anyway. */
const MOST_RECORDS = 10_000;

/** Undefined where too much came around the request to be looked through. */
export async function repeatsOf(
  attributions: Pick<AttributionStore, 'arrived'>,
  record: Attribution,
  nowMs: number,
): Promise<Repeats | undefined> {
  if (record.likeness === undefined) return { askedAgainBy: [] };
  const questions: Attribution[] = [record];
  let read = 0;
  await inBatches(minutesAround(record, nowMs), READ_AT_ONCE, async (minute) => {
    let after: string | undefined;
    do {
      if (read > MOST_RECORDS) return;
      const page = await attributions.arrived(minute, after);
      read += page.records.length;
      questions.push(...page.records.filter((other) => isSameCaller(other, record)));
      after = page.next;
    } while (after !== undefined);
  });
  if (read > MOST_RECORDS) return undefined;
  const repeats = askedAgain(questions);
  const first = repeats.find(({ again }) => again.requestId === record.requestId)?.first;
  return {
    ...(first !== undefined && { asksAgain: first.requestId }),
    askedAgainBy: repeats.flatMap(({ again, first: { requestId } }) =>
      requestId === record.requestId ? [again.requestId] : [],
    ),
  };
}

function minutesAround({ time, latencyMs }: Attribution, nowMs: number): string[] {
  const atMs = Date.parse(time);
  const untilMs = Math.min(nowMs, atMs + latencyMs + ASKED_AGAIN_MS + ANSWERED_MS);
  const minutes: string[] = [];
  for (let ms = atMs - ASKED_AGAIN_MS; ms < untilMs + MINUTE_MS; ms += MINUTE_MS) minutes.push(stretchAt('minute', ms));
  return minutes;
}

function isSameCaller(one: Attribution, other: Attribution): boolean {
  const isSame = one.customer === undefined ? one.keyId === other.keyId : true;
  return one.task === other.task && one.customer === other.customer && isSame;
}
