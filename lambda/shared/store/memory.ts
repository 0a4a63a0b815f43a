import type { Attribution } from '../../../lib/core/types';
import { pageLimit, pageOf, positionOf } from './page';
import type { ActivePolicy, AttributionFilter, AttributionStore, Store } from './port';
import { type PolicyRow, type PolicyRows, versionedPolicies } from './versioned-policies';

export interface MemoryStoreOptions {
  /** Records kept: beyond it the oldest make way, so that a long-lived server does not fill its memory. Default 10 000. */
  readonly capacity?: number;
}

/** A store that lasts as long as the process. */
export function openMemoryStore({ capacity = 10_000 }: MemoryStoreOptions = {}): Store {
  return {
    policies: versionedPolicies(memoryPolicies()),
    attributions: memoryAttributions(capacity),
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

/** Records are kept as text: what comes out is what a table would give, and nobody can change it from outside. */
function memoryAttributions(capacity: number): AttributionStore {
  const byRequest = new Map<string, { readonly text: string; readonly position: string; readonly task: string }>();
  /** Request ids as they came, a ring once it is full: a Map finds its first key only past all that were deleted. */
  const ring: string[] = [];
  let oldestAt = 0;

  function makeRoomFor(requestId: string): void {
    const oldest = ring[oldestAt];
    if (oldest !== undefined) byRequest.delete(oldest);
    ring[oldestAt] = requestId;
    oldestAt = (oldestAt + 1) % capacity;
  }

  function matching({ task, day, after }: AttributionFilter): Attribution[] {
    const rows = [...byRequest.values()].filter(
      (row) =>
        row.position.startsWith(day) &&
        (task === undefined || row.task === task) &&
        (after === undefined || row.position > after),
    );
    rows.sort((left, right) => (left.position < right.position ? -1 : 1));
    return rows.map((row) => JSON.parse(row.text));
  }

  return {
    async put(record) {
      if (byRequest.has(record.requestId)) return 'duplicate';
      makeRoomFor(record.requestId);
      byRequest.set(record.requestId, {
        text: JSON.stringify(record),
        position: positionOf(record),
        task: record.task,
      });
      return 'stored';
    },

    async get(requestId) {
      const row = byRequest.get(requestId);
      return row === undefined ? undefined : JSON.parse(row.text);
    },

    async list(filter) {
      const limit = pageLimit(filter);
      return pageOf(matching(filter), limit);
    },
  };
}
