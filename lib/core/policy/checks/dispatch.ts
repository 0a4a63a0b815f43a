import { isRecord, type Mapping, memberOf, textsOf } from '../draft';
import type { Findings } from '../findings';
import type { Path } from '../path';

/** Nothing to dispatch by: the task runs all the same, at the cheapest tier that is free. */
export function checkDispatch(path: Path, task: Mapping, tiers: unknown, findings: Findings): void {
  if (task.route !== 'dispatch') return;
  if (task.latencyBudgetMs === undefined) {
    findings.warn(
      [...path, 'latencyBudgetMs'],
      'is not given: only requests that bring a budget of their own are kept to one',
    );
  }
  const ladder = textsOf(task.ladder).map((id) => memberOf(tiers, id));
  if (ladder.length > 0 && ladder.every(isRecord) && !ladder.some(({ queue }) => queue !== undefined)) {
    findings.warn(
      [...path, 'route'],
      'no tier of the ladder has a queue to look at: requests go by what calls have shown',
    );
  }
}
