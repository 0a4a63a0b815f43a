/** The nouns of profiling: what was asked, what came of it, and what follows. */

import type { ChatMessage } from '../../types-chat';
import type { Baseline, RouteKind } from '../../types-policy';
import type { Choosing } from '../choosing';

/** One row of a corpus: a prompt of a task, and what a good answer to it must hold. */
export interface CorpusRow {
  readonly id: string;
  readonly task: string;
  readonly messages: readonly ChatMessage[];
  /** Sets the mix between tasks; within a task equal weights keep the bounds exact. Default 1. */
  readonly weight: number;
  readonly expect?: unknown;
  readonly tags: readonly string[];
  /** Rows made of the same material share one: they are not independent. */
  readonly group?: string;
}

/** What one tier made of one row. A call that failed tells nothing of quality: it has no `pass` and is counted apart. */
export interface CorpusAnswer {
  readonly row: string;
  readonly task: string;
  readonly tier: string;
  /** 0 for the first time the row was asked; more for stability samples. */
  readonly sample: number;
  /** Absent where the call failed, or a verdict is still to come from a person. */
  readonly pass?: boolean;
  /** Whether it passes the checks that run in production, which decide on a climb; absent where none does. */
  readonly gate?: boolean;
  /** Which oracle judged, and what was wrong. */
  readonly oracle?: string;
  readonly detail?: string;
  /** Mean margin between the two likeliest tokens, 0 to 1; absent where the tier gives no token probabilities. */
  readonly margin?: number;
  /** Cause of a failed call, a word of the closed list. */
  readonly failed?: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where it is not known: a recorded answer may tell neither its cost nor its tokens. */
  readonly costUsd: number | null;
  /** Of judges: what judging the answer cost. */
  readonly judgeCostUsd: number;
  readonly latencyMs: number;
}

/** A tier's pass rate on a task. Bounds are exact (Clopper-Pearson), one-sided, at the task's `target.confidence`. */
export interface PassRate {
  readonly n: number;
  readonly passes: number;
  /** Weighted where the weights of the task's rows differ. */
  readonly passRate: number;
  readonly low: number;
  readonly high: number;
  /** By the point rate: from .95 `route`, from .85 `monitor`, below `escalate`. */
  readonly verdict: 'route' | 'monitor' | 'escalate';
  /** Share of the answers that a check in production sends up; absent where none runs. */
  readonly climb?: number;
}

/** The cheapest tier, or the threshold on it, whose failure rate is at most `risk`; or why there is none. */
export type Certification =
  | {
      readonly tier: string;
      readonly risk: number;
      readonly confidence: number;
      /** Token margin below which the tier's answer is left for the next one; absent: every answer of the tier may go. */
      readonly threshold?: number;
      /** Share of the held-out rows that stay on the tier at that threshold; absent without one. */
      readonly accepted?: number;
      /** Rows it rests on, and the upper bound of the failure rate among them; with a threshold among the accepted. */
      readonly n?: number;
      readonly bound?: number;
      /** What it leans on: a judge that no person has validated, groups of rows, unequal weights. */
      readonly note?: string;
      /** Of the cheaper tiers the one that came nearest, and what it lacks; absent where none is cheaper. */
      readonly cheaper?: { readonly tier: string } & Refused;
    }
  | Refused;

export interface Refused {
  readonly refused: string;
  /** Corpus rows of the task that would be needed, at the best failure rate seen; null where no number would do. */
  readonly needed: number | null;
}

/** Whether routing the task is worth it. */
export interface Worth {
  /** Share of rows that every tier passes or every tier fails: what no router can decide better. */
  readonly bimodality: number;
  /** Share of rows on which the tiers differ. */
  readonly borderline: number;
  /** Share of repeated rows whose verdict never flipped; null where none was repeated. */
  readonly stability: number | null;
  readonly bestSingle: string;
  readonly recommendation: 'route' | 'single-tier' | 'not-enough-rows';
  readonly why: string;
}

type ByTier<Value> = Readonly<Record<string, Value>>;

/** How a task's rows spread over its ladder, played on the recorded answers; adversarial ones are left out. */
export interface Way {
  readonly n: number;
  /** Share of the requests by the tier at which they begin, and by the one whose answer they get. */
  readonly begins: ByTier<number>;
  readonly mix: ByTier<number>;
}

/** How the profiled policy routes a task, and how the same rows would go if it began elsewhere. */
export interface TaskRouting {
  readonly route: RouteKind;
  readonly start: string;
  /** Tier and threshold of the certificate, where there is one. */
  readonly certified?: string;
  readonly threshold?: number;
  readonly choosing?: Choosing;
  /** Absent where no row can be played to its end. */
  readonly profiled?: Way;
  /** By the tier that is the start, and nothing but that says where a request begins. */
  readonly byStart: ByTier<Way>;
  /** The same with what chooses beside it; and with a certificate of that tier as well. Absent where nothing chooses. */
  readonly byStrategy?: ByTier<Way>;
  readonly byCertificate?: ByTier<Way>;
}

export interface TaskProfile {
  readonly ladder: readonly string[];
  readonly tiers: Readonly<Record<string, PassRate>>;
  /** Mean tokens of the task's answered calls, by tier. */
  readonly calls?: Readonly<Record<string, { readonly inputTokens: number; readonly outputTokens: number }>>;
  readonly certified: Certification;
  readonly worth: Worth;
  readonly baseline: Baseline;
  /** What a projection needs of a policy that begins elsewhere. */
  readonly routing?: TaskRouting;
}

export interface TierProfile {
  readonly model: string;
  readonly price: unknown;
  /** Of the calls whose cost is known; null where none is. */
  readonly meanCostUsd: number | null;
  /** Means over the answered calls. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
}

/** `profile.json`. Members beyond the ones named here may be added; none of these goes away. */
export interface Profile {
  readonly schema: 1;
  /** Id and version of the policy that was profiled. */
  readonly policy: { readonly id: string; readonly version: string };
  readonly corpus: {
    readonly n: number;
    readonly byTask: Readonly<Record<string, number>>;
    /** Share of the sample by task: by weight, without adversarial rows. */
    readonly mix?: Readonly<Record<string, number>>;
  };
  readonly tiers: Readonly<Record<string, TierProfile>>;
  readonly tasks: Readonly<Record<string, TaskProfile>>;
}
