import type { Question } from '../../../lib/core/telemetry/asked-again';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../lib/core/types';
import type { Feedback } from '../../../lib/core/types-feedback';
import type { SessionStanding, Switch } from '../../../lib/core/types-live';
import type { Residency } from '../../../lib/core/types-policy';
import type { ErasureStore } from './erasure-port';

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

/** What came in one minute: records of requests, and words on requests. */
export interface ArrivalPage {
  readonly records: readonly Attribution[];
  readonly feedback: readonly ArrivedFeedback[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A word on a request, and the one it takes the place of. */
export interface ArrivedFeedback {
  readonly feedback: Feedback;
  readonly replaced?: Feedback;
}

/** What came in one minute, added up. */
export interface MinuteCount {
  readonly rollup: Rollup;
  /** Of the records, by which questions that are asked again are told. */
  readonly questions: readonly Question[];
}

export interface AttributionStore {
  /** Once for each request id: what is there stays. The store's clock says in which minute it came. */
  put(record: Attribution): Promise<'stored' | 'duplicate'>;

  get(requestId: string): Promise<Attribution | undefined>;

  /** Says nothing twice: the same word again is a duplicate, another one takes the place of the one before. */
  putFeedback(feedback: Feedback): Promise<'stored' | 'duplicate'>;

  /** The last word on a request. */
  feedbackOn(requestId: string): Promise<Feedback | undefined>;

  /**
   * What came in one minute (`YYYY-MM-DDTHH:MM`, UTC), each thing in one minute only. A minute that ended `SETTLE_MS` ago
   * is complete and gives the same for ever, in no fixed order.
   */
  arrived(minute: string, after?: string): Promise<ArrivalPage>;

  /**
   * What came in one minute, counted as it came: of a store in which records may make way before anybody has read them. Its
   * minutes are complete as soon as they have ended.
   */
  readonly counted?: (minute: string) => MinuteCount;
}

/** Longer than a write may be under way, tried again by its client, and than clocks differ. */
export const SETTLE_MS = 120_000;

export type Span = 'minute' | 'hour' | 'day';

/** Sums over stretches of time, each written whole: writing one again changes nothing. */
export interface RollupStore {
  /** `from` is the beginning of the stretch: `2026-11-22T07:15`, `2026-11-22T07`, `2026-11-22`. */
  write(span: Span, from: string, rollup: Rollup): Promise<void>;
  read(span: Span, from: string): Promise<Rollup | undefined>;
  /** Those that are there, ascending; `from` included, `until` not. */
  list(span: Span, from: string, until: string): Promise<readonly { readonly from: string; readonly rollup: Rollup }[]>;
}

/** What a watcher remembers. Two that run at once cannot both write. */
export interface StateStore {
  read(name: string): Promise<{ readonly state: unknown; readonly revision: number } | undefined>;
  /** `revision` as read, 0 for none yet; false where somebody else has written since. */
  write(name: string, state: unknown, revision: number): Promise<boolean>;
}

export interface Store {
  readonly policies: PolicyStore;
  readonly attributions: AttributionStore;
  readonly rollups: RollupStore;
  readonly states: StateStore;
  readonly keys: KeyStore;
  readonly budgets: BudgetStore;
  readonly switches: SwitchStore;
  readonly breakers: BreakerStore;
  readonly sessions: SessionStore;
  readonly erasure: ErasureStore;
  close(): Promise<void>;
}

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

/** One budget's account of one spender in one period. */
export interface Account {
  /** Budget id, spender and period, such as `per-customer#acme#2026-11`. */
  readonly id: string;
  readonly limitUsd: number;
  /** UTC milliseconds after which nobody needs the account. */
  readonly expiresAtMs: number;
}

/** Money set aside. It comes back by itself within the minute after `untilMs`, never before, should nobody settle it. */
export interface HeldAmount {
  readonly usd: number;
  readonly untilMs: number;
}

export interface AccountStanding {
  readonly spentUsd: number;
  /** Set aside and not expired. */
  readonly heldUsd: number;
}

export interface BudgetStore {
  /**
   * Sets the amount aside in one conditional write on one item, or says what room there is. Spent and held together never
   * pass the limit, however many ask at once. Amounts that have expired count as room again.
   */
  reserve(
    account: Account,
    hold: HeldAmount,
    nowMs: number,
  ): Promise<{ readonly held: boolean; readonly roomUsd: number }>;
  /** Takes the amount back and books what was really spent, in one write; the latter alone where the hold has expired. */
  settle(account: Account, hold: HeldAmount, spentUsd: number, nowMs: number): Promise<void>;
  read(accountId: string, nowMs: number): Promise<AccountStanding>;
}

export interface SwitchStore {
  /** Those in force at `nowMs`, oldest first. One cheap read, for pollers. */
  active(nowMs: number): Promise<readonly Switch[]>;
  /** Takes the place of one for the same tier, or the same task. */
  set(entry: Switch): Promise<void>;
  /** What was in force, or undefined. */
  clear(
    what: { readonly kind: Switch['kind']; readonly name: string },
    by: { readonly author: string; readonly reason: string; readonly atMs: number },
  ): Promise<Switch | undefined>;
  /** Every switch that was ever set or cleared, newest first. */
  history(limit?: number): Promise<readonly SwitchEvent[]>;
}

export interface SwitchEvent {
  readonly action: 'set' | 'cleared';
  readonly entry: Switch;
  readonly author: string;
  readonly reason: string;
  readonly atMs: number;
}

/** A breaker as all instances of a router share it. */
export interface SharedBreaker {
  readonly tier: string;
  readonly openedAtMs: number;
  /** From then on one probe at a time may be made. */
  readonly untilMs: number;
}

export interface BreakerStore {
  /** Those that are open or half-open. One cheap read, for pollers. */
  list(): Promise<readonly SharedBreaker[]>;
  /** Opens it, or opens it again for longer. */
  open(breaker: SharedBreaker): Promise<void>;
  /** Leave to probe, for one instance until `leaseUntilMs`; false where another has it. */
  claimProbe(tier: string, nowMs: number, leaseUntilMs: number): Promise<boolean>;
  close(tier: string): Promise<void>;
}

export interface SessionStore {
  find(key: string, nowMs: number): Promise<SessionStanding | undefined>;
  put(key: string, standing: SessionStanding, expiresAtMs: number): Promise<void>;
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
