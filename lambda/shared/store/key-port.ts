import type { Residency } from '../../../lib/core/types-policy';

/** A caller's key. The secret itself is nowhere: who has it proves it by its hash. */
export interface KeyRecord {
  /** `key-` and random digits; for people and records, of no use to a caller. */
  readonly id: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly customer: string;
  readonly operator: boolean;
  /** Tasks and tiers it may use; absent: all. */
  readonly tasks?: readonly string[];
  readonly tiers?: readonly string[];
  readonly userTier?: string;
  /** The widest residency its prompts may have; absent: what the task allows. */
  readonly residency?: Residency;
  readonly requestsPerMinute?: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

export interface KeyStore {
  /** Revoked and expired ones too: the caller of this looks. */
  byHash(hash: string): Promise<KeyRecord | undefined>;
  /** False where the id or the hash is taken. */
  add(record: KeyRecord): Promise<boolean>;
  /** Undefined for an id that is not there; a revoked one keeps its first date. */
  revoke(id: string, atMs: number): Promise<KeyRecord | undefined>;
  /** Oldest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** Counts one request in the minute `atMs` lies in; false, and not counted, where `limit` were counted before. */
  countRequest(id: string, atMs: number, limit: number): Promise<boolean>;
}
