import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENT_SCHEMA } from '../../../lib/core/contract';
import { createExclusively, ifThere, readIfThere } from './exclusive-file';
import type { ActivePolicy } from './policy-port';
import { StoreCorruptError } from './store-refusal';
import { activationsIn, type PolicyRow, type PolicyRows } from './versioned-policies';

const DIGITS = 10;
const NUMBERED_FILE = /^(\d{10})\.json$/;

/**
 * Policies in a folder: `versions/<n>.json`, and `active/<n>.json` for every time the active version changed. The last
 * of these is in force. Each change takes the next number, which only one process can, so that of two at once one fails.
 */
export function directoryPolicies(folder: string): PolicyRows {
  const versions = join(folder, 'versions');
  const moves = join(folder, 'active');

  async function lastMove(): Promise<{ number: number; active: ActivePolicy | undefined }> {
    const [number = 0] = await numbersIn(moves);
    if (number === 0) return { number, active: undefined };
    return { number, active: activeOf(await readIfThere(join(moves, fileName(number)))) };
  }

  async function read(version: number): Promise<PolicyRow | undefined> {
    const text = await readIfThere(join(versions, fileName(version)));
    return text === undefined ? undefined : rowOf(text, version);
  }

  return {
    read,
    active: async () => (await lastMove()).active,

    async newest(limit) {
      return Promise.all((await numbersIn(versions)).slice(0, limit).map(aboutOf));
    },

    add({ text, ...about }) {
      const content = { ...about, document: JSON.parse(text) };
      return createExclusively(join(versions, fileName(about.version)), fileText(content));
    },

    async move(from, to) {
      const { number, active } = await lastMove();
      if ((active?.version ?? null) !== from) return false;
      return createExclusively(join(moves, fileName(number + 1)), fileText(to));
    },
  };

  /** A broken version stays in the history, so that one sees there is one. */
  async function aboutOf(version: number): Promise<Omit<PolicyRow, 'text'>> {
    try {
      const row = await read(version);
      if (row === undefined) throw new StoreCorruptError(version, 'is gone');
      const { text: _, ...about } = row;
      return about;
    } catch (error) {
      if (!(error instanceof StoreCorruptError)) throw error;
      return { version, hash: '', author: '', message: error.message, createdAt: '' };
    }
  }
}

/** Descending. */
async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names
    .flatMap((name) => NUMBERED_FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => right - left);
}

function fileName(number: number): string {
  return `${String(number).padStart(DIGITS, '0')}.json`;
}

function fileText(content: object): string {
  return `${JSON.stringify({ schema: DOCUMENT_SCHEMA, ...content }, undefined, 2)}\n`;
}

/** Anybody may have written into the folder: a member that is not there is empty, and the hash then tells. */
function rowOf(text: string, version: number): PolicyRow {
  const found = membersOf(text, version);
  if (found.document === undefined) throw new StoreCorruptError(version, 'has no document');
  return {
    version,
    hash: textOf(found.hash),
    author: textOf(found.author),
    message: textOf(found.message),
    createdAt: textOf(found.createdAt),
    text: JSON.stringify(found.document),
  };
}

function activeOf(text: string | undefined): ActivePolicy {
  const found = membersOf(text ?? '', null);
  if (!Number.isInteger(found.version)) throw new StoreCorruptError(null, 'names no version');
  const active = { version: found.version as number, hash: textOf(found.hash), since: textOf(found.since) };
  return { ...active, ...activationsIn(found.before) };
}

function membersOf(text: string, version: number | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // The parser's own message would quote the document.
  }
  throw new StoreCorruptError(version, 'is not a JSON object');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
