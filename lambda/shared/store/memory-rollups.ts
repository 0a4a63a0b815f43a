import type { Span } from './rollup-port';
import type { RollupRows } from './rollups';

interface Row {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** Rollups as text. What has expired goes with the next that is written. */
export function memoryRollups(nowMs: () => number): RollupRows {
  const spans: Readonly<Record<Span, Map<string, Row>>> = { minute: new Map(), hour: new Map(), day: new Map() };

  return {
    async write(span, from, rollup, expiresAtMs) {
      const rows = spans[span];
      for (const [other, row] of rows) if (row.expiresAtMs <= nowMs()) rows.delete(other);
      rows.set(from, { text: JSON.stringify(rollup), expiresAtMs });
    },

    async read(span, from) {
      const row = spans[span].get(from);
      return row === undefined ? undefined : JSON.parse(row.text);
    },

    async list(span, from, until) {
      return [...spans[span]]
        .filter(([other]) => other >= from && other < until)
        .map(([other, { text }]) => ({ from: other, rollup: JSON.parse(text) }));
    },
  };
}
