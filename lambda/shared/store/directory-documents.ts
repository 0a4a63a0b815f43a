import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DirectoryRows, directoryRows, type Row } from './directory-rows';
import { type Collection, type Documents, listed } from './documents';
import type { FileLocks } from './file-locks';

interface DocumentRow extends Row {
  readonly revision: string;
  readonly position?: string;
  readonly document: unknown;
}

/** Documents as files, in a folder for each collection. */
export function directoryDocuments(folder: string, locks: FileLocks): Documents {
  const opened = new Map<Collection, DirectoryRows<DocumentRow>>();

  function rowsOf(collection: Collection): DirectoryRows<DocumentRow> {
    const found = opened.get(collection) ?? directoryRows<DocumentRow>(join(folder, collection), locks);
    opened.set(collection, found);
    return found;
  }

  return {
    read: async (collection, id) => rowsOf(collection).read(id),
    remove: (collection, id) => rowsOf(collection).remove(id),

    async write(collection, id, document, { expected, position, lifetime }) {
      const written = await rowsOf(collection).change(
        id,
        (found) => {
          if (expected !== undefined && (found?.revision ?? null) !== expected) return undefined;
          return {
            id,
            revision: randomUUID(),
            ...(position !== undefined && { position }),
            ...(lifetime !== undefined && { expiresAtMs: lifetime.expiresAtMs }),
            document,
          };
        },
        lifetime,
      );
      return written !== undefined;
    },

    async list(collection, options = {}) {
      const rows = rowsOf(collection).all();
      return listed(
        rows.flatMap(({ position, document }) => (position === undefined ? [] : { position, document })),
        options,
      ).map(({ document }) => document);
    },
  };
}
