import type { Question } from '../../../lib/core/telemetry/asked-again';
import { addFeedback, addRecord, emptyRollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../lib/core/types';
import type { ArrivedFeedback, MinuteCount } from './attribution-port';

/** Counts what comes in one minute. */
export class MinuteCounter implements MinuteCount {
  readonly rollup = emptyRollup();
  readonly questions: Question[] = [];

  constructor(private readonly mostQuestions = Infinity) {}

  addRecord(record: Attribution): void {
    addRecord(this.rollup, record);
    if (record.likeness !== undefined && this.questions.length < this.mostQuestions) {
      this.questions.push(questionOf(record));
    }
  }

  addFeedback({ feedback, replaced }: ArrivedFeedback): void {
    addFeedback(this.rollup, feedback, replaced);
  }
}

/** A record is a hundred times as large. */
function questionOf(record: Attribution): Question {
  const { requestId, time, customer, keyId, task, feature, session, userTier, likeness } = record;
  const { tier, model, reason, latencyMs } = record;
  const said = { requestId, time, task, tier, model, reason, latencyMs };
  return Object.assign(
    said,
    customer !== undefined && { customer },
    keyId !== undefined && { keyId },
    feature !== undefined && { feature },
    session !== undefined && { session },
    userTier !== undefined && { userTier },
    likeness !== undefined && { likeness },
  );
}
