import { type Collection, type Documents, listed } from './documents';

interface Row {
  readonly text: string;
  readonly revision: string;
  readonly position?: string;
}

interface Rows {
  get(id: string): Row | undefined;
  set(id: string, row: Row): void;
  delete(id: string): boolean;
}

/**
 * Documents are kept as text: nobody can change from outside what is stored. Of those with a lifetime the last `capacity`
 * of a collection stay.
 */
export function memoryDocuments(capacity: number): Documents {
  const lasting = new Map<Collection, Map<string, Row>>();
  const passing = new Map<Collection, Rows>();
  let writes = 0;

  function rowsFor(collection: Collection, passes: boolean): Rows {
    const found = passing.get(collection) ?? lasting.get(collection);
    if (found !== undefined) return found;
    if (passes) {
      const rows = newestRows(capacity);
      passing.set(collection, rows);
      return rows;
    }
    const rows = new Map<string, Row>();
    lasting.set(collection, rows);
    return rows;
  }

  return {
    async read(collection, id) {
      const row = (passing.get(collection) ?? lasting.get(collection))?.get(id);
      return row === undefined ? undefined : { document: JSON.parse(row.text), revision: row.revision };
    },

    async write(collection, id, document, { expected, position, lifetime }) {
      const rows = rowsFor(collection, lifetime !== undefined);
      if (expected !== undefined && (rows.get(id)?.revision ?? null) !== expected) return false;
      writes += 1;
      const text = JSON.stringify(document);
      const revision = String(writes);
      rows.set(id, position === undefined ? { text, revision } : { text, revision, position });
      return true;
    },

    async remove(collection, id) {
      return (passing.get(collection) ?? lasting.get(collection))?.delete(id) ?? false;
    },

    async list(collection, options = {}) {
      const rows = [...(lasting.get(collection)?.values() ?? [])];
      return listed(
        rows.flatMap(({ text, position }) => (position === undefined ? [] : { text, position })),
        options,
      ).map(({ text }) => JSON.parse(text));
    },
  };
}

/**
 * At most `capacity` rows, those written last among them. Two halves: once the newer is full, the older makes way. One Map
 * would find its oldest key only past all that were deleted.
 */
function newestRows(capacity: number): Rows {
  let newer = new Map<string, Row>();
  let older = new Map<string, Row>();
  return {
    get: (id) => newer.get(id) ?? older.get(id),
    delete: (id) => [newer.delete(id), older.delete(id)].includes(true),
    set(id, row) {
      newer.set(id, row);
      if (newer.size < capacity / 2) return;
      older = newer;
      newer = new Map();
    },
  };
}
