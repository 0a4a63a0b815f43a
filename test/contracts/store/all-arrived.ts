import type { ArrivedFeedback, AttributionStore } from '../../../lambda/shared/store/attribution-port';
import type { Attribution } from '../../../lib/core/types';

/** Everything of a minute, page by page. */
export async function allArrived(attributions: Pick<AttributionStore, 'arrived'>, minute: string) {
  const records: Attribution[] = [];
  const feedback: ArrivedFeedback[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const page = await attributions.arrived(minute, after);
    records.push(...page.records);
    feedback.push(...page.feedback);
    pages += 1;
    after = page.next;
  } while (after !== undefined);
  return { records, feedback, pages };
}
