import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../lib/core/durations';
import { RouterError } from '../../../lib/core/errors';
import { parseFeedback, type Told } from '../../../lib/core/request/feedback';
import type { Attribution, Caller } from '../../../lib/core/types';
import { FEEDBACK_DAYS, type Feedback } from '../../../lib/core/types-feedback';
import type { AttributionStore } from '../../shared/store/attribution-port';
import { within } from '../within';

export interface TakeFeedbackOptions {
  readonly store: Pick<AttributionStore, 'get' | 'putFeedback' | 'feedbackOn'>;
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Told of every look or write that failed. */
  readonly onFailure: (error: unknown) => void;
  /** For tests. */
  readonly patienceMs?: number;
}

/** Takes the body of feedback, and gives what is kept of it. Rejects with a RouterError for what is not taken. */
export type TakeFeedback = (body: string, caller: Caller) => Promise<Feedback>;

/** Pauses between looks for a record, which is written a moment after its answer has left. */
const LOOK_AGAIN_MS = [100, 300, 600];
/** What a caller is asked to wait who was quicker than that. */
const COME_BACK_MS = 2000;

/** The store is waited for no longer. */
const PATIENCE_MS = 5000;

/** Feedback on requests, each by a key of its own customer alone: an operator's key looks at all, and speaks for its own. */
export function createTakeFeedback(options: TakeFeedbackOptions): TakeFeedback {
  const { store, nowMs, pause, onFailure, patienceMs = PATIENCE_MS } = options;

  async function asked<Value>(promise: Promise<Value>): Promise<Value> {
    try {
      return await within(patienceMs, promise);
    } catch (cause) {
      onFailure(cause);
      throw new RouterError('tiers_unavailable', 'Feedback cannot be kept at the moment; say it again.', {
        cause,
        retryAfterMs: 5000,
      });
    }
  }

  /** A stranger's request is looked for as long as one that does not exist: nothing tells the two apart. */
  async function recordOf(requestId: string, caller: Caller): Promise<Attribution> {
    for (const pauseMs of [...LOOK_AGAIN_MS, undefined]) {
      const record = await asked(store.get(requestId));
      if (record !== undefined && record.customer === caller.customer) return record;
      if (pauseMs !== undefined) await pause(pauseMs);
    }
    throw new RouterError(
      'not_found',
      'No request of yours is known by this id. One that was answered a moment ago is known soon: ask again then.',
      { param: 'request_id', retryAfterMs: COME_BACK_MS },
    );
  }

  return async (body, caller) => {
    const told = parseFeedback(body);
    const record = await recordOf(told.requestId, caller);
    refuseLate(record, nowMs());
    const feedback = feedbackOf(told, record, nowMs());
    const kept = await asked(store.putFeedback(feedback));
    return kept === 'stored' ? feedback : ((await asked(store.feedbackOn(told.requestId))) ?? feedback);
  };
}

function refuseLate({ time }: Attribution, nowMs: number): void {
  const ageDays = (nowMs - Date.parse(time)) / DAY_MS;
  if (ageDays <= FEEDBACK_DAYS) return;
  throw new RouterError(
    'invalid_request',
    `The request is ${Math.floor(ageDays)} days old; feedback is taken for ${FEEDBACK_DAYS} days.`,
    { param: 'request_id' },
  );
}

/** Counted wherever its request is, and so for the key that made that. */
function feedbackOf(told: Told, record: Attribution, nowMs: number): Feedback {
  const { customer, keyId, feature, userTier, task, tier, model, upRouted, escalated } = record;
  const { requestId, outcome, score, correctedText, downstreamUsd } = told;
  return {
    requestId,
    time: new Date(nowMs).toISOString(),
    task,
    tier,
    model,
    upRouted,
    escalated,
    ...(customer !== undefined && { customer }),
    ...(keyId !== undefined && { keyId }),
    ...(feature !== undefined && { feature }),
    ...(userTier !== undefined && { userTier }),
    ...(outcome !== undefined && { outcome }),
    ...(score !== undefined && { score }),
    ...(correctedText !== undefined && { correctionHash: createHash('sha256').update(correctedText).digest('hex') }),
    ...(downstreamUsd !== undefined && { downstreamUsd }),
  };
}
