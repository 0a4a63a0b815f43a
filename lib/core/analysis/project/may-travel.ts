import type { Candidate } from '../../decision/guards/candidate';
import { residency } from '../../decision/guards/residency';
import { retention } from '../../decision/guards/retention';
import type { Policy, Task, Tier } from '../../types-policy';

/** Whether a prompt of the task may go to the tier: the guards of a served request, over the parts of it they read. */
export function mayTravel({ geography }: Policy, task: Task, tier: Tier): boolean {
  const { residency: reach, maxRetentionDays } = task;
  const features = { residency: reach, ...(maxRetentionDays !== undefined && { maxRetentionDays }) };
  const candidate = { tier, features, geography } as Candidate;
  return residency(candidate) === undefined && retention(candidate) === undefined;
}
