import { DAY_MS } from '../../durations';
import { type Mapping, mappingsOf, memberOf } from '../draft';
import type { Findings } from '../findings';
import { checkDate, isDate } from './forms';

const PATH = ['attribution', 'prompts'];
const EXPIRES = [...PATH, 'expires'];
/** Whoever needs prompts for longer says so again. */
const LONGEST_DAYS = 366;

/**
 * Keeping prompts is an exception, with a key of its own, a person who answers for it and an end. Whoever checks or publishes
 * such a policy is told that it does so.
 */
export function checkPrompts(root: Mapping, findings: Findings, nowMs?: number): void {
  const prompts = memberOf(root.attribution, 'prompts');
  const expires = memberOf(prompts, 'expires');
  checkDate(EXPIRES, expires, findings);
  if (prompts === undefined || typeof expires !== 'string' || !isDate(expires)) return;
  const days = nowMs === undefined ? undefined : (Date.parse(expires) - nowMs) / DAY_MS;
  if (days !== undefined && days > LONGEST_DAYS) {
    findings.fault(EXPIRES, 'lies too far ahead: prompts are not kept for ever', {
      given: JSON.stringify(expires),
      allowed: `at most ${LONGEST_DAYS} days from now`,
    });
  }
  if (days !== undefined && days <= 0) {
    findings.warn(EXPIRES, 'is over: no prompt is kept any more, so take it out');
    return;
  }
  const owner = memberOf(prompts, 'owner');
  // Without an owner the policy is refused, and keeps none.
  if (typeof owner !== 'string' || owner === '') return;
  findings.warn(PATH, `prompts and answers are kept, encrypted, until ${expires}; ${owner} answers for them`);
  warnOfTasksApart(root.tasks, findings);
}

/** The bucket lies outside the VPC, and keeps what it holds for two days at least. */
function warnOfTasksApart(tasks: unknown, findings: Findings): void {
  for (const [id, task] of mappingsOf(tasks)) {
    const retention = task.maxRetention;
    if (task.residency === 'vpc')
      findings.warn(['tasks', id, 'residency'], 'its prompts stay in the VPC, so none is kept');
    else if (typeof retention === 'number' && retention < 2)
      findings.warn(['tasks', id, 'maxRetention'], 'its prompts may not be kept so long, so none is');
  }
}
