import type { DirectoryRows, Row } from './directory-rows';
import { changedTally, type Tallies, type Tally } from './tallies';

export interface TallyRow extends Row {
  readonly tally: Tally;
}

export function directoryTallies(rows: DirectoryRows<TallyRow>): Tallies {
  return {
    read: async (id) => rows.read(id)?.tally ?? {},
    ids: () => idsOf(rows),
    remove: (id) => rows.remove(id),

    async change(id, change) {
      let before: Tally = {};
      const row = await rows.change(
        id,
        (found) => {
          before = found?.tally ?? {};
          const tally = changedTally(before, change);
          if (tally === undefined) return undefined;
          const expiresAtMs = change.lifetime?.expiresAtMs ?? found?.expiresAtMs;
          return expiresAtMs === undefined ? { id, tally } : { id, expiresAtMs, tally };
        },
        change.lifetime,
      );
      return row === undefined ? { done: false, tally: before } : { done: true, tally: row.tally };
    },
  };
}

async function* idsOf(rows: DirectoryRows<TallyRow>): AsyncGenerator<string> {
  for (const { id } of rows.all()) yield id;
}
