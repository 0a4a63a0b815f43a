import { certificateBinding, certificateShortfalls } from '../../policy/certificate';
import { type CodeDigests, codeDoubts, codeOf } from '../../policy/certificate-code';
import type { Policy, Task } from '../../types-policy';
import type { ProfileShown, ReadinessFacts } from './facts';

/** What the policy asks that the profile did not look at, task by task, beyond what makes a certificate void by itself. */
export function changesSince({ policy, code = new Map() }: ReadinessFacts, profile: ProfileShown): string[] {
  return Object.values(policy.tasks).flatMap((task) => {
    const all = [...shortfalls(task), ...doubtsOf(task, code), ...otherThanProfiled(policy, task, profile, code)];
    return all.length === 0 ? [] : [`${task.id}: ${all.join(', ')}`];
  });
}

/** A judge that nobody has validated is told of, and is no fault of the profile. */
function shortfalls(task: Task): string[] {
  return certificateShortfalls(task).flatMap(({ what, message }) => (what === 'judge' ? [] : [message]));
}

function doubtsOf(task: Task, code: CodeDigests): string[] {
  return codeDoubts(task, code).map(({ message }) => message);
}

/** Of a task without a certificate: one with it is held against what stands there, since profiling may add a check. */
function otherThanProfiled(policy: Policy, task: Task, { tasks }: ProfileShown, code: CodeDigests): string[] {
  const then = Object.hasOwn(tasks, task.id) ? tasks[task.id]?.madeWith : undefined;
  if (then === undefined || task.certificate !== undefined) return [];
  const now = certificateBinding(policy, task);
  const changes: string[] = [];
  if (then.oracle !== now.oracle) changes.push('the oracles have changed since');
  if (then.prompts !== now.prompts) changes.push('the prompts have changed since');
  const models = Object.entries(now.models).filter(([tier, model]) => then.models[tier] !== model);
  if (models.length > 0) changes.push(`the models have changed since (${models.map(([tier]) => tier).join(', ')})`);
  const digests = codeOf(task, code) ?? {};
  const recoded = Object.entries(digests).filter(([key, digest]) => then.code?.[key] !== digest);
  if (recoded.length > 0) changes.push(`the code has changed since (${recoded.map(([key]) => key).join(', ')})`);
  return changes;
}
