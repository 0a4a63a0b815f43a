import type { Features, Request } from '../types';
import { type Consequence, type Policy, RESIDENCIES, type Residency, type Task } from '../types-policy';

const WEIGHT: Readonly<Record<Consequence, number>> = { low: 0, medium: 1, high: 2 };

function narrowest(first: Residency, ...others: readonly (Residency | undefined)[]): Residency {
  let result = first;
  for (const other of others)
    if (other !== undefined && RESIDENCIES.indexOf(other) < RESIDENCIES.indexOf(result)) result = other;
  return result;
}

function highest(first: Consequence, ...others: readonly (Consequence | undefined)[]): Consequence {
  let result = first;
  for (const other of others) if (other !== undefined && WEIGHT[other] > WEIGHT[result]) result = other;
  return result;
}

function smallest(...values: readonly (number | undefined)[]): number | undefined {
  const set = values.filter((value) => value !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}

/** The caller's key says who the user is; a hint fills in where it does not, and may otherwise only name a lower tier. */
export function userTierOf(request: Request, order: readonly string[]): string | undefined {
  const known = request.caller.userTier;
  const hinted = request.hints.userTier;
  if (known === undefined || hinted === undefined) return known ?? hinted;
  const position = order.indexOf(hinted);
  return position !== -1 && position < order.indexOf(known) ? hinted : known;
}

export type Limits = Pick<
  Features,
  'residency' | 'maxRetentionDays' | 'consequence' | 'latencyBudgetMs' | 'feature' | 'userTier'
>;

/**
 * Task, caller and hints together, the tightest of each. A task that was only recognised cannot loosen what holds for
 * untagged requests, so there `floor` is the default task.
 */
export function tighten(request: Request, policy: Policy, task: Task, floor: Task | undefined): Limits {
  const { caller, hints } = request;
  const maxRetentionDays = smallest(task.maxRetentionDays, floor?.maxRetentionDays);
  const latencyBudgetMs = smallest(task.latencyBudgetMs, hints.latencyBudgetMs);
  const userTier = userTierOf(request, policy.userTiers);
  return {
    residency: narrowest(task.residency, caller.residencyFloor, hints.residency, floor?.residency),
    consequence: highest(task.audit.consequence, hints.blastRadius, floor?.audit.consequence),
    ...(maxRetentionDays !== undefined && { maxRetentionDays }),
    ...(latencyBudgetMs !== undefined && { latencyBudgetMs }),
    ...(hints.feature !== undefined && { feature: hints.feature }),
    ...(userTier !== undefined && { userTier }),
  };
}
