import { RouterError } from '../errors';
import type { Caller } from '../types';
import type { Policy, Tier } from '../types-policy';
import { isWord, listed } from './check';
import { tasksFor, tiersFor } from './offered';

/** What the `model` field asks for: nothing (`auto`), a task, or one tier. */
export interface ModelField {
  readonly task?: string;
  readonly pinned?: string;
}

const TASK = 'auto:';
const TIER = 'tier:';

/** What is not found is told with what is: as far as the caller may use it. */
export function parseModelField(model: string, policy: Policy, caller: Caller): ModelField {
  if (model === 'auto') return {};
  if (model.startsWith(TASK)) {
    const task = model.slice(TASK.length);
    if (Object.hasOwn(policy.tasks, task)) return { task };
    throw notFound(model, `the policy's tasks are ${listed(tasksFor(policy, caller).map(({ id }) => id))}`);
  }
  if (model.startsWith(TIER)) {
    const tier = model.slice(TIER.length);
    if (Object.hasOwn(policy.tiers, tier)) return { pinned: tier };
    throw notFound(model, `the policy's tiers are ${listed(tiersFor(policy, caller).map(({ id }) => id))}`);
  }
  const pinned = tierOfModel(model, policy, caller)?.id;
  if (pinned !== undefined) return { pinned };
  throw notFound(model, `allowed are ${listed(allowedModels(policy, caller))}`);
}

/** Of several tiers with the model one that answers and that the caller may use; where none is, the first says why. */
function tierOfModel(model: string, policy: Policy, { tiers }: Caller): Tier | undefined {
  const named = Object.values(policy.tiers).filter((tier) => tier.model === model);
  return named.find(({ id, enabled }) => enabled && (tiers?.includes(id) ?? true)) ?? named[0];
}

function allowedModels(policy: Policy, caller: Caller): string[] {
  const tiers = tiersFor(policy, caller);
  return [
    'auto',
    ...tasksFor(policy, caller).map(({ id }) => `${TASK}${id}`),
    ...tiers.map((tier) => `${TIER}${tier.id}`),
    ...new Set(tiers.map((tier) => tier.model)),
  ];
}

function notFound(model: string, allowed: string): RouterError {
  const named = isWord(model) ? `model "${model}"` : 'such model';
  return new RouterError('model_not_found', `There is no ${named} here; ${allowed}.`, { param: 'model' });
}
