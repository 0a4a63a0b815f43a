import type { Attribution } from '../../../lib/core/types';

/** A published version: what was published, by whom, why and when. Never changes. */
export interface StoredPolicy {
  /** Counts from 1; a failed publication may leave a gap. */
  readonly version: number;
  /** `contentHash` of the document. */
  readonly hash: string;
  readonly author: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly document: unknown;
}

/** Which version is in force, and since when (ISO 8601, UTC). */
export interface ActivePolicy {
  readonly version: number;
  readonly hash: string;
  readonly since: string;
}

export type PolicyVersion = Omit<StoredPolicy, 'document'> & { readonly active: boolean };

export interface PolicyDraft {
  readonly document: unknown;
  readonly author: string;
  readonly message: string;
  /** The active version the author has seen; null for none. */
  readonly expectedActive: number | null;
}

export interface PolicyStore {
  /** One cheap read, for pollers. */
  active(): Promise<ActivePolicy | undefined>;

  /** Throws `StoreCorruptError` where what is stored is not what was published. */
  read(version: number): Promise<StoredPolicy | undefined>;

  /** Newest first. */
  history(limit?: number): Promise<readonly PolicyVersion[]>;

  /**
   * Stores a new version and makes it active. Content that is active already is answered with the active version,
   * whatever the author expected, so that a publication may be repeated. Throws `ConflictError` when another version
   * became active since the author looked.
   */
  publish(draft: PolicyDraft): Promise<StoredPolicy>;

  /** Makes a stored version active again. Throws `UnknownVersionError`, or `ConflictError` as `publish` does. */
  activate(version: number, expectedActive: number): Promise<ActivePolicy>;
}

export interface AttributionFilter {
  readonly task?: string;
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
  /** At most so many records; 100 by default. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface AttributionPage {
  readonly records: readonly Attribution[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface AttributionStore {
  /** Once for each request id: what is there stays. */
  put(record: Attribution): Promise<'stored' | 'duplicate'>;

  get(requestId: string): Promise<Attribution | undefined>;

  /** With a task: oldest first. Without one the order is the store's own, and DynamoDB reads its whole table. */
  list(filter: AttributionFilter): Promise<AttributionPage>;
}

export interface Store {
  readonly policies: PolicyStore;
  readonly attributions: AttributionStore;
  close(): Promise<void>;
}

/** A store's no, for the caller to mend. Whatever else a store throws means that it could not be reached. */
export abstract class StoreRefusal extends Error {}

/** Somebody else published or rolled back since the caller looked. */
export class ConflictError extends StoreRefusal {
  override readonly name = 'ConflictError';

  constructor(
    readonly expected: number | null,
    readonly found: number | null,
  ) {
    super(
      `policy ${spell(expected)} was expected to be active, but ${spell(found)} is or is about to be: ` +
        'look at the history, and publish again on top of what is active now',
    );
  }
}

/** The version asked for was never published. */
export class UnknownVersionError extends StoreRefusal {
  override readonly name = 'UnknownVersionError';

  constructor(readonly version: number) {
    super(`policy version ${version} is not in the store: the history lists those that are`);
  }
}

/** What is stored is not what was published. */
export class StoreCorruptError extends StoreRefusal {
  override readonly name = 'StoreCorruptError';

  /** `version` is null where the pointer to the active version is broken. */
  constructor(
    readonly version: number | null,
    fault: string,
  ) {
    super(`${version === null ? 'the active pointer' : `policy version ${version}`} in the store ${fault}`);
  }
}

/** The document does not fit into one item of the table. */
export class PolicyTooLargeError extends StoreRefusal {
  override readonly name = 'PolicyTooLargeError';

  constructor(
    readonly bytes: number,
    readonly limitBytes: number,
  ) {
    super(
      `the policy has ${bytes} bytes as JSON, and a version in DynamoDB may have ${limitBytes}: ` +
        'shorten its examples and schemas, or split it into several routers',
    );
  }
}

function spell(version: number | null): string {
  return version === null ? 'no version' : `version ${version}`;
}
