import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENT_SCHEMA } from '../../../lib/core/contract';
import { HOUR_MS } from '../../../lib/core/durations';
import { ifThere, namesIn, readIfThere, replaceFile } from './exclusive-file';
import { inBatches } from './in-batches';
import { parseFile } from './parse-file';
import { plainFileName, textOfFileName } from './plain-file-name';
import type { Span } from './rollup-port';
import type { RollupRows } from './rollups';

interface Row {
  readonly expiresAtMs: number;
  readonly rollup: unknown;
}

const ENDING = '.json';
const READ_AT_ONCE = 32;
/** How often a process looks for rollups that have expired. */
const SWEEP_MS = HOUR_MS;

function adviceOn(span: Span): string {
  return `put it back from a backup, or delete it, and what came in that ${span} is missing from reports`;
}

/** Rollups as files, in a folder for each span. */
export function directoryRollups(folder: string, nowMs: () => number): RollupRows {
  const pathOf = (span: Span, from: string) => join(folder, span, `${plainFileName(from)}${ENDING}`);
  const sweptAtMs = new Map<Span, number>();

  async function readRow(span: Span, from: string): Promise<Row | undefined> {
    const path = pathOf(span, from);
    const text = await readIfThere(path);
    return text === undefined ? undefined : parseFile(path, text, adviceOn(span));
  }

  async function stretchesOf(span: Span): Promise<string[]> {
    const names = await namesIn(join(folder, span));
    return names
      .filter((name) => name.endsWith(ENDING))
      .map((name) => textOfFileName(name.slice(0, -ENDING.length)))
      .filter((from) => from !== undefined);
  }

  /** Nobody writes again what is of no use any more, so none needs to be locked out. */
  async function removeExpired(span: Span): Promise<void> {
    await inBatches(await stretchesOf(span), READ_AT_ONCE, async (from) => {
      const row = await readRow(span, from);
      if (row !== undefined && row.expiresAtMs <= nowMs()) await ifThere(unlink(pathOf(span, from)));
    });
  }

  function sweep(span: Span): void {
    const now = nowMs();
    if (now - (sweptAtMs.get(span) ?? 0) < SWEEP_MS) return;
    sweptAtMs.set(span, now);
    // What cannot be removed now is there the next time.
    removeExpired(span).catch(() => {});
  }

  return {
    async write(span, from, rollup, expiresAtMs) {
      await replaceFile(pathOf(span, from), JSON.stringify({ schema: DOCUMENT_SCHEMA, expiresAtMs, rollup }));
      sweep(span);
    },

    read: async (span, from) => (await readRow(span, from))?.rollup,

    async list(span, from, until) {
      const wanted = (await stretchesOf(span)).filter((other) => other >= from && other < until);
      const rows = await inBatches(wanted, READ_AT_ONCE, async (other) => ({ other, row: await readRow(span, other) }));
      return rows.flatMap(({ other, row }) => (row === undefined ? [] : [{ from: other, rollup: row.rollup }]));
    },
  };
}
