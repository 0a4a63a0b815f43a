import type { Caller } from '../types';
import type { Policy, Task, Tier } from '../types-policy';

type Limits = Pick<Caller, 'tasks' | 'tiers'>;

/** Tiers that the caller's key may use: all, unless it is limited to some. */
export function tiersFor(policy: Policy, { tiers }: Limits): Tier[] {
  return Object.values(policy.tiers).filter(({ id }) => tiers?.includes(id) ?? true);
}

/** Tasks that the caller's key may use, at one tier at least. What it may not use it is not told of either. */
export function tasksFor(policy: Policy, { tasks, tiers }: Limits): Task[] {
  return Object.values(policy.tasks).filter(
    ({ id, ladder }) =>
      (tasks?.includes(id) ?? true) && (tiers === undefined || ladder.some((tier) => tiers.includes(tier))),
  );
}
