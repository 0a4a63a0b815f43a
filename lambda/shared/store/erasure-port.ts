/** What goes with a customer, and the trace that it went. */

/** How many things of a request were removed. */
export interface RemovedRequest {
  /** 0 or 1. */
  readonly records: number;
  /** Words of feedback. */
  readonly feedback: number;
}

/** A count that is kept by name, and whose it is: a budget's account, or the requests of a key in a minute. */
export type KeptCount =
  | { readonly kind: 'account'; readonly tally: string; readonly account: string }
  | { readonly kind: 'requests'; readonly tally: string; readonly keyId: string };

/** That somebody erased a customer, without a word of whom. */
export interface ErasureTrace {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Absent: under way, or cut off. */
  readonly finishedAt?: string;
  readonly author: string;
  readonly reason?: string;
  /** By kind, what was deleted. */
  readonly deleted?: Readonly<Record<string, number>>;
  /** By span, the sums in which the name was replaced. */
  readonly renamed?: Readonly<Record<string, number>>;
  /** Left for a later run. */
  readonly remaining?: { readonly records: number; readonly feedback: number };
  /** Where the records say that prompts went. */
  readonly hosts: readonly unknown[];
}

/** Removal by name, for a rare command: nothing here is on a request's way. What is not there is no fault. */
export interface ErasureStore {
  /** UTC milliseconds before which nothing came; undefined where nothing ever did. */
  oldestMs(): Promise<number | undefined>;
  /** The record of a request and the words on it, each where it came before the minute `before` (`YYYY-MM-DDTHH:MM`, UTC). */
  removeRequest(requestId: string, before: string): Promise<RemovedRequest>;
  /** By its key, as `SessionStore` takes it. */
  removeSession(key: string): Promise<boolean>;
  removeKey(key: { readonly id: string; readonly hash: string }): Promise<boolean>;
  /** Every count there is, in no fixed order. */
  counts(): AsyncIterable<KeptCount>;
  removeCount(count: KeptCount): Promise<boolean>;
  /**
   * Takes away what was never written to its end, and of the sums of a period (UTC milliseconds) what nobody reads any more:
   * names stand in it too. Nobody may write sums meanwhile; `hold` is asked before a part of one goes, and may throw.
   */
  clearAway(period: { readonly fromMs: number; readonly untilMs: number }, hold: () => Promise<void>): Promise<void>;
  /** Once when it begins, and once more when it is done. */
  trace(trace: ErasureTrace): Promise<void>;
  /** Newest first. */
  traces(limit?: number): Promise<readonly ErasureTrace[]>;
}
