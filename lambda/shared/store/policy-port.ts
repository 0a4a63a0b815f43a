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

/** Which version came into force, and when (ISO 8601, UTC). */
export interface Activation {
  readonly version: number;
  readonly hash: string;
  readonly since: string;
}

/** What is in force. */
export interface ActivePolicy extends Activation {
  /** What was in force before, newest first, as far as it is kept. */
  readonly before?: readonly Activation[];
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
