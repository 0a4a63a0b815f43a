import type { Question } from '../../../lib/core/telemetry/asked-again';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../lib/core/types';
import type { Feedback } from '../../../lib/core/types-feedback';

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
