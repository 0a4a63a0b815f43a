import type { CertificateBinding } from '../../policy/certificate';
import type { CodeDigests } from '../../policy/certificate-code';
import type { Policy, Task } from '../../types-policy';

/** What is known before a launch. What is absent was not shown. */
export interface ReadinessFacts {
  /** UTC milliseconds. */
  readonly nowMs: number;
  readonly policy: Policy;
  readonly profile?: ProfileShown;
  readonly projection?: ProjectionShown;
  readonly load?: LoadShown;
  readonly store?: StoreShown;
  /** Of the modules of `code` oracles, as they lie beside the policy. */
  readonly code?: CodeDigests;
}

/** Of a profile. */
export interface ProfileShown {
  readonly policy: { readonly id: string; readonly version: string };
  readonly corpus: { readonly n: number; readonly byTask: Readonly<Record<string, number>> };
  readonly tiers: Readonly<Record<string, { readonly model: string }>>;
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly certified: { readonly tier: string } | { readonly refused: string };
        /** Tiers that were measured; `n` of their answers have a verdict. */
        readonly tiers: Readonly<Record<string, { readonly n?: number }>>;
        /** With what its answers were asked and judged. */
        readonly madeWith?: CertificateBinding & { readonly code?: Readonly<Record<string, string>> };
        readonly baseline: { readonly profiledAt?: string };
      }
    >
  >;
}

/** Of a projection. */
export interface ProjectionShown {
  readonly policy: { readonly id: string };
  readonly volume: number;
  readonly monthlyUsd: number;
}

/** Of a load that was put on the router. */
export interface LoadShown {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** To the first content; either will do, since the 99th percentile is no less than the 95th. */
  readonly latencyMs: { readonly p95?: number; readonly p99?: number };
  /** What it is held to; the least latency budget of a task where it is absent. */
  readonly limitMs?: number;
}

/** Of the store that the router writes to. */
export interface StoreShown {
  readonly name: string;
  /** The version in force, and whether it says what the file says. */
  readonly active?: { readonly version: number; readonly isSame: boolean };
  readonly records: RecordsShown;
}

/** Of a sample of the records of the last seven days. */
export interface RecordsShown {
  readonly sampled: number;
  /** Answered requests, or calls for them, whose record names no model. */
  readonly withoutModel: number;
  readonly byTask: Readonly<Record<string, number>>;
  /** Days (UTC) on which requests were answered a second time, in the shadow. */
  readonly shadowDays: number;
}

/** What came of looking at one item. */
export interface Finding {
  readonly ok: boolean;
  readonly evidence: string;
  /** What to do, where it fails. */
  readonly how?: string;
}

export type Look = (facts: ReadinessFacts) => Finding;

/** Tasks where it matters how good which tier is: not those that always begin at one and never climb. */
export function routedTasks({ tasks }: Policy): readonly Task[] {
  return Object.values(tasks).filter(({ route, ladder }) => route !== 'static' && ladder.length > 1);
}
