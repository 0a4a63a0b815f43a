/** What is learnt of an answer after it has left: what its caller says, and what another tier makes of the same question. */

/** What became of an answer, as the caller tells it. */
export const OUTCOMES = ['accepted', 'rejected', 'retried', 'corrected', 'failed-downstream'] as const;

export type FeedbackOutcome = (typeof OUTCOMES)[number];

/** Feedback is taken for so long after an answer, while there is a record of it. */
export const FEEDBACK_DAYS = 30;

/** One word on one request; a later one takes the place of an earlier one. Never the corrected text, only its hash. */
export interface Feedback {
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly outcome?: FeedbackOutcome;
  /** 0 to 1. */
  readonly score?: number;
  /** SHA-256 of the corrected text, hex. */
  readonly correctionHash?: string;
  /** What the wrong answer cost further down, in USD. */
  readonly downstreamUsd?: number;
  /** Of the request that it is about, whoever speaks. */
  readonly customer?: string;
  readonly keyId?: string;
  readonly feature?: string;
  readonly userTier?: string;
  readonly task: string;
  readonly tier: string | null;
  /** Absent in feedback of before it was kept. */
  readonly model?: string | null;
  readonly upRouted: 0 | 1;
  readonly escalated: 0 | 1;
}

/** The same question put to another tier as well, chosen at random beforehand, to compare the two. */
export interface ControlSample {
  /** Where the answer that left was from, and the tier that was asked beside it. */
  readonly served: string;
  readonly reference: string;
  /** How the task's checks judge each; null where nothing judges. */
  readonly servedPass: boolean | null;
  readonly referencePass: boolean | null;
  /** In USD: everything the request had cost by then, and the reference, which is booked as a consultation too. */
  readonly servedUsd: number;
  readonly referenceUsd: number;
}
