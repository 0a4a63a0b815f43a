import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest } from '../http';
import type { ReadState } from './shared-state';

export interface StateEventsOptions {
  readonly state: () => Promise<ReadState>;
  /** Aborted when the client leaves, and when the server closes. */
  readonly gone: AbortSignal;
  readonly endsAtMs: HttpRequest['endsAtMs'];
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  /** Between two looks. */
  readonly everyMs?: number;
}

const EVERY_MS = 2000;
/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 15_000;
/**
 * A browser connects anew by itself. Where the platform ends requests it also cannot tell that the browser has gone, and a
 * stream that nobody reads is paid for until it ends.
 */
const LONGEST_MS = 600_000;
const LONGEST_ON_LAMBDA_MS = 55_000;
const RETRY_MS = 1000;

/** The state whenever it has changed, as server-sent events, until the client leaves or the time is up. */
export async function* stateEvents(options: StateEventsOptions): AsyncGenerator<Uint8Array> {
  const { state, gone, endsAtMs, nowMs, everyMs = EVERY_MS } = options;
  const longestMs = endsAtMs === undefined ? LONGEST_MS : LONGEST_ON_LAMBDA_MS;
  const untilMs = Math.min(nowMs() + longestMs, endsAtMs ?? Number.POSITIVE_INFINITY) - everyMs;
  let drawn = '';
  let saidAtMs = nowMs();
  yield bytes(`retry: ${RETRY_MS}\n\n`);
  for (;;) {
    const next = await state().catch(() => TROUBLE);
    if (gone.aborted) return;
    if (next.drawn !== drawn) {
      drawn = next.drawn;
      saidAtMs = nowMs();
      yield bytes(`event: ${next === TROUBLE ? 'trouble' : 'state'}\ndata: ${next.text}\n\n`);
    } else if (nowMs() - saidAtMs >= HEARTBEAT_MS) {
      saidAtMs = nowMs();
      yield bytes(': still here\n\n');
    }
    if (nowMs() >= untilMs) return;
    await sleep(everyMs, undefined, { signal: gone, ref: false }).catch(() => {});
    if (gone.aborted) return;
  }
}

/** What the store said stays in the log of the router. */
const TROUBLE: ReadState = { drawn: 'trouble', text: '{}' };

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
