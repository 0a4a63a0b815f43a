import { asStored, contentHash } from './content-hash';
import type { Activation, ActivePolicy, PolicyDraft, PolicyStore, StoredPolicy } from './policy-port';
import { ConflictError, StoreCorruptError, UnknownVersionError } from './store-refusal';

/** A version as it lies in a store; the document is JSON text, for only the text says exactly what was written. */
export interface PolicyRow extends Omit<StoredPolicy, 'document'> {
  readonly text: string;
}

/**
 * What a place must be able to do to hold policies: two writes that happen wholly or not at all, and only where nobody
 * was there before. Everything else that a policy store promises is made of these, alike in every place.
 */
export interface PolicyRows {
  active(): Promise<ActivePolicy | undefined>;
  read(version: number): Promise<PolicyRow | undefined>;
  /** Newest first. */
  newest(limit: number): Promise<readonly Omit<PolicyRow, 'text'>[]>;
  /** False, and nothing is written, where the version exists. */
  add(row: PolicyRow): Promise<boolean>;
  /** False, and nothing is written, where another version than `from` is active. */
  move(from: number | null, to: ActivePolicy): Promise<boolean>;
}

const HISTORY_LIMIT = 100;
/** Activations kept beside the one in force: with them it takes a table no more than the 4 kB that one read costs. */
const KEPT_BEFORE = 20;

export function versionedPolicies(rows: PolicyRows, now: () => number = Date.now): PolicyStore {
  const timestamp = () => new Date(now()).toISOString();
  const activeVersion = async () => (await rows.active())?.version ?? null;

  async function move(from: ActivePolicy | undefined, version: number, hash: string): Promise<ActivePolicy> {
    const to = { version, hash, since: timestamp(), before: from === undefined ? [] : keptBefore(from) };
    const known = from?.version ?? null;
    if (!(await rows.move(known, to))) throw new ConflictError(known, await activeVersion());
    return to;
  }

  async function publish({ document, author, message, expectedActive }: PolicyDraft): Promise<StoredPolicy> {
    const stored = asStored(document);
    const hash = contentHash(stored.document);
    const active = await rows.active();
    const found = active?.version ?? null;
    const same = active?.hash === hash ? await readable(rows, active.version) : undefined;
    if (same !== undefined) return same;
    if (found !== expectedActive) throw new ConflictError(expectedActive, found);

    const [newest] = await rows.newest(1);
    const version = Math.max(newest?.version ?? 0, found ?? 0) + 1;
    const about = { version, hash, author, message, createdAt: timestamp() };
    if (!(await rows.add({ ...about, text: stored.text }))) throw new ConflictError(expectedActive, version);
    await move(active, version, hash);
    return { ...about, document: stored.document };
  }

  return {
    active: () => rows.active(),

    async read(version) {
      const row = await rows.read(version);
      return row === undefined ? undefined : verified(row);
    },

    async history(limit = HISTORY_LIMIT) {
      const [active, versions] = await Promise.all([activeVersion(), rows.newest(limit)]);
      return versions.map((row) => ({ ...row, active: row.version === active }));
    },

    publish,

    async activate(version, expectedActive) {
      const row = await rows.read(version);
      if (row === undefined) throw new UnknownVersionError(version);
      const { hash } = verified(row);
      const active = await rows.active();
      if (active?.version !== expectedActive) throw new ConflictError(expectedActive, active?.version ?? null);
      return version === active.version ? active : move(active, version, hash);
    },
  };
}

/** The active version, unless it is broken: then the same content is published anew. */
async function readable(rows: PolicyRows, version: number): Promise<StoredPolicy | undefined> {
  const row = await rows.read(version);
  try {
    return row === undefined ? undefined : verified(row);
  } catch (error) {
    if (error instanceof StoreCorruptError) return undefined;
    throw error;
  }
}

function keptBefore({ before = [], ...last }: ActivePolicy): Activation[] {
  return [last, ...before].slice(0, KEPT_BEFORE);
}

/** Anybody may have written it: what is no list of activations was not kept. */
export function activationsIn(value: unknown): { readonly before?: readonly Activation[] } {
  return Array.isArray(value) && value.every(isActivation) ? { before: value } : {};
}

function isActivation(value: unknown): value is Activation {
  const { version, hash, since } = (value ?? {}) as Partial<Activation>;
  return Number.isInteger(version) && typeof hash === 'string' && typeof since === 'string';
}

function verified({ text, ...about }: PolicyRow): StoredPolicy {
  const document = parsed(text, about.version);
  if (contentHash(document) !== about.hash) {
    throw new StoreCorruptError(about.version, 'is not the document that its hash was made of');
  }
  return { ...about, document };
}

function parsed(text: string, version: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the document.
    throw new StoreCorruptError(version, 'is not JSON');
  }
}
