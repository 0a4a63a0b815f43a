import { accessStores } from './access';
import { erasureIn } from './erasure';
import { memoryAttributions } from './memory-attributions';
import { memoryDocuments } from './memory-documents';
import { memoryRollups } from './memory-rollups';
import { memoryTallies } from './memory-tallies';
import type { ActivePolicy } from './policy-port';
import type { Store } from './port';
import { rollupsIn } from './rollups';
import { documentedStates } from './states';
import { type PolicyRow, type PolicyRows, versionedPolicies } from './versioned-policies';

export interface MemoryStoreOptions {
  /**
   * Records kept, words of feedback, and sessions: beyond it the oldest make way, so that a long-lived server does not
   * fill its memory. Default 10 000.
   */
  readonly capacity?: number;
  /** By default the clock of this machine. */
  readonly nowMs?: () => number;
}

/** A store that lasts as long as the process. */
export function openMemoryStore({ capacity = 10_000, nowMs = Date.now }: MemoryStoreOptions = {}): Store {
  const documents = memoryDocuments(capacity);
  const tallies = memoryTallies();
  const { attributions, requests } = memoryAttributions(capacity, nowMs);
  return {
    policies: versionedPolicies(memoryPolicies(), nowMs),
    attributions,
    rollups: rollupsIn(memoryRollups(nowMs), nowMs),
    states: documentedStates(documents),
    ...accessStores(documents, tallies),
    erasure: erasureIn({ requests, clearAway: async () => {}, states: documents, access: documents, tallies }),
    close: async () => {},
  };
}

function memoryPolicies(): PolicyRows {
  const versions = new Map<number, PolicyRow>();
  let active: ActivePolicy | undefined;

  return {
    active: async () => active,
    read: async (version) => versions.get(version),

    async newest(limit) {
      const rows = [...versions.values()].sort((left, right) => right.version - left.version);
      return rows.slice(0, limit).map(({ text: _, ...about }) => about);
    },

    async add(row) {
      if (versions.has(row.version)) return false;
      versions.set(row.version, row);
      return true;
    },

    async move(from, to) {
      if ((active?.version ?? null) !== from) return false;
      active = to;
      return true;
    },
  };
}
