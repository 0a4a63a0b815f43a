import type { PromptEraser } from '../../../lambda/router/prompt-log/prompt-eraser';
import type { Store } from '../../../lambda/shared/store/port';
import type { Span } from '../../../lambda/shared/store/rollup-port';
import type { PlaceEvidence } from '../../../lib/core/analysis/report/residency-evidence';
import type { Policy } from '../../../lib/core/types-policy';
import type { TurnPorts } from './under-turn';

export interface EraseOptions {
  readonly customer: string;
  /** Look through every minute, whatever the sums say. */
  readonly thorough: boolean;
  readonly author: string;
  readonly reason?: string | undefined;
  /** In force; absent where there is none, or none that can be read. */
  readonly policy: Policy | undefined;
  readonly kind: 'directory' | 'dynamodb' | 'stack';
}

export interface ErasePorts extends TurnPorts {
  readonly store: Store;
  /** Absent where no prompts are kept. */
  readonly prompts?: PromptEraser | undefined;
}

/** What is deleted of a customer. */
export interface Deleted {
  records: number;
  feedback: number;
  sessions: number;
  /** Of budgets. */
  accounts: number;
  /** By key and minute, for keys that are limited. */
  requestCounts: number;
  prompts: number;
  keys: number;
}

export function nothingDeleted(): Deleted {
  return { records: 0, feedback: 0, sessions: 0, accounts: 0, requestCounts: 0, prompts: 0, keys: 0 };
}

/** By span, sums in which names were replaced. */
export type Renamed = Record<Span, number>;

export function nothingRenamed(): Renamed {
  return { minute: 0, hour: 0, day: 0 };
}

/** A host that prompts of the customer went to; what it keeps is its own. */
export type HostReached = Omit<PlaceEvidence, 'verdict' | 'allowedBy' | 'notAllowedBy'>;

/** What lies where the command does not reach, and what becomes of it. */
export interface NotReached {
  readonly what: string;
  readonly afterwards: string;
}

/** What came too lately to be deleted without changing sums. */
export interface Remaining {
  readonly records: number;
  readonly feedback: number;
  /** From then on another run takes it, and what requests under way may still leave; null where nothing is left. ISO 8601, UTC. */
  readonly runAgainAfter: string | null;
}

export interface Erasure {
  readonly customer: string;
  /** True: nothing was changed, and what is said to be deleted and renamed would be. */
  readonly dryRun: boolean;
  readonly deleted: Deleted;
  readonly renamed: Renamed;
  /** Ids of keys that were live. */
  readonly keysRevoked: readonly string[];
  readonly remaining: Remaining;
  readonly hosts: readonly HostReached[];
  readonly notReached: readonly NotReached[];
  readonly startedAt: string;
  readonly finishedAt: string;
}
