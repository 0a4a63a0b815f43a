import type { RollupStore, Span } from '../../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { DAY_MS } from '../../../lib/core/durations';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Clock } from './router';

const MINUTES_KEPT_MS = 3 * DAY_MS;

/** Rollups as they were given, never as text: to read and write JSON would take longer than the month itself. */
export function simulatedRollups(clock: Clock): RollupStore {
  const spans: Readonly<Record<Span, Map<string, Rollup>>> = { minute: new Map(), hour: new Map(), day: new Map() };
  return {
    async write(span, from, rollup) {
      spans[span].set(from, rollup);
      const oldest = stretchAt('minute', clock.nowMs - MINUTES_KEPT_MS);
      for (const minute of spans.minute.keys()) {
        if (minute >= oldest) break;
        spans.minute.delete(minute);
      }
    },

    read: async (span, from) => spans[span].get(from),

    async list(span, from, until) {
      const found: { from: string; rollup: Rollup }[] = [];
      for (const [begin, rollup] of spans[span])
        if (begin >= from && begin < until) found.push({ from: begin, rollup });
      return found.sort((one, other) => (one.from < other.from ? -1 : 1));
    },
  };
}
