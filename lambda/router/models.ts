import { tasksFor, tiersFor } from '../../lib/core/request/offered';
import type { Caller } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';

interface ModelRow {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly context_window?: number;
}

/** What the caller's `model` field may say: the router's own choice, by task or not, a tier, or the model of one. */
export function listModels(
  policy: Policy,
  caller: Pick<Caller, 'tasks' | 'tiers'>,
): { object: 'list'; data: ModelRow[] } {
  const row = (id: string, contextWindow?: number): ModelRow => ({
    id,
    object: 'model',
    created: 0,
    owned_by: policy.owner,
    ...(contextWindow !== undefined && { context_window: contextWindow }),
  });
  const tiers = tiersFor(policy, caller).filter(({ enabled }) => enabled);
  // Of several tiers with one model the first, which is the one that its name pins.
  const models = new Map<string, number>();
  for (const { model, contextWindow } of tiers) if (!models.has(model)) models.set(model, contextWindow);
  return {
    object: 'list',
    data: [
      row('auto'),
      ...tasksFor(policy, caller).map(({ id }) => row(`auto:${id}`)),
      ...tiers.map(({ id, contextWindow }) => row(`tier:${id}`, contextWindow)),
      ...[...models].map(([model, contextWindow]) => row(model, contextWindow)),
    ],
  };
}
