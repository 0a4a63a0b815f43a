import { changedTally, type Tallies, type Tally } from './tallies';

interface Row {
  readonly tally: Tally;
  readonly expiresAtMs: number;
}

/** What has expired is looked for each time this many rows have come, or as many again as were left the time before. */
const SWEEP_ROWS = 1000;

export function memoryTallies(): Tallies {
  const rows = new Map<string, Row>();
  let sweepAt = SWEEP_ROWS;

  function sweep(nowMs: number): void {
    for (const [id, { expiresAtMs }] of rows) if (expiresAtMs <= nowMs) rows.delete(id);
    sweepAt = Math.max(SWEEP_ROWS, 2 * rows.size);
  }

  return {
    read: async (id) => rows.get(id)?.tally ?? {},
    ids: () => idsOf(rows),
    remove: async (id) => rows.delete(id),

    async change(id, change) {
      const found = rows.get(id);
      const before = found?.tally ?? {};
      const tally = changedTally(before, change);
      if (tally === undefined) return { done: false, tally: before };
      const { lifetime } = change;
      rows.set(id, { tally, expiresAtMs: lifetime?.expiresAtMs ?? found?.expiresAtMs ?? Infinity });
      if (lifetime !== undefined && rows.size >= sweepAt) sweep(lifetime.nowMs);
      return { done: true, tally };
    },
  };
}

async function* idsOf(rows: ReadonlyMap<string, Row>): AsyncGenerator<string> {
  yield* rows.keys();
}
