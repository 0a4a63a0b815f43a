import { certificateBinding } from '../../policy/certificate';
import type { Policy, Task } from '../../types-policy';
import type { Certification } from './profile-document';

/** The task as the profiled policy has it: begun where it is certified, or as it was and without a certificate. */
export function taskAsProfiled(policy: Policy, task: Task, certification: Certification): Task {
  const { certificate: _, ...bare } = task;
  if ('refused' in certification) return bare;
  const { tier, risk, confidence, threshold } = certification;
  return {
    ...bare,
    start: tier,
    certificate: {
      tier,
      risk,
      confidence,
      ...(threshold !== undefined && { threshold }),
      ...certificateBinding(policy, task),
    },
  };
}

/** The policy with these in place of its own tasks of the same names. */
export function withTasks(policy: Policy, tasks: readonly Task[]): Policy {
  const all: Record<string, Task> = Object.create(null);
  for (const task of [...Object.values(policy.tasks), ...tasks]) all[task.id] = task;
  return { ...policy, tasks: all };
}
