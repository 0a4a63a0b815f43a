import { FEEDBACK_DAYS } from '../../types-feedback';
import { type Mapping, memberOf } from '../draft';
import type { Findings } from '../findings';

/** Feedback is of a request that is on record: what goes with the records is worth a word. */
export function checkRetention(root: Mapping, findings: Findings): void {
  const days = memberOf(root.attribution, 'retentionDays');
  if (typeof days !== 'number' || !(days > 0 && days < FEEDBACK_DAYS)) return;
  findings.warn(
    ['attribution', 'retentionDays'],
    `is less than the ${FEEDBACK_DAYS} days for which feedback is taken: once its record is gone an answer can have none, ` +
      'and neither tierwise explain nor the page finds the request',
    { given: String(days) },
  );
}
