import type { ProfileRun } from '../../lib/core/analysis/profile/run/run-profile';
import { canonicalHash } from '../../lib/core/policy/canonical-hash';
import { type CertificateBinding, certificateBinding } from '../../lib/core/policy/certificate';
import type { Policy, Task, Tier } from '../../lib/core/types-policy';

/** What the answers of a journal were asked and judged with. */
export interface Manifest {
  readonly policy: string;
  /** Address of the router through which tiers were reached; absent: they were called themselves. */
  readonly via?: string;
  readonly tasks: Readonly<Record<string, TaskManifest>>;
}

type TaskManifest = CertificateBinding & {
  /** Whether redundant context was left out of what tiers were sent. */
  readonly stripContext: boolean;
};

export function manifestOf({ policy, tiers }: Pick<ProfileRun, 'policy' | 'tiers'>, via?: string): Manifest {
  const tasks = [...tiers].map(([id, asked]) => [id, taskManifest(policy, policy.tasks[id] as Task, asked)] as const);
  return { policy: policy.id, ...(via !== undefined && { via }), tasks: Object.fromEntries(tasks) };
}

function taskManifest(policy: Policy, task: Task, asked: readonly string[]): TaskManifest {
  const beside = asked.map((id) => {
    const tier = policy.tiers[id] as Tier;
    return [id, tier.adapters[task.id] ?? tier.model] as const;
  });
  const binding = certificateBinding(policy, task);
  return {
    ...binding,
    models: { ...Object.fromEntries(beside), ...binding.models },
    stripContext: task.stripContext,
  };
}

/** What is no longer as it was; a task or a tier that has come is no change. */
export function manifestChanges(before: Manifest, now: Manifest): string[] {
  const changes: string[] = [];
  if (before.policy !== now.policy) changes.push(`policy ${before.policy} is now ${now.policy}`);
  if (before.via !== now.via)
    changes.push(`tiers were reached ${reach(before)} and are now to be reached ${reach(now)}`);
  for (const [id, task] of Object.entries(now.tasks)) {
    const old = before.tasks[id];
    if (old === undefined) continue;
    for (const [tier, model] of Object.entries(task.models)) {
      const was = old.models[tier];
      if (was !== undefined && was !== model)
        changes.push(`tasks.${id}: the model of ${tier} was ${was} and is ${model}`);
    }
    if (old.prompts !== task.prompts) changes.push(`tasks.${id}: the prompts have changed`);
    if (old.stripContext !== task.stripContext) changes.push(`tasks.${id}: stripContext has changed`);
    if (old.oracle !== task.oracle)
      changes.push(`tasks.${id}: the oracles have changed (judge what was answered with --regrade)`);
  }
  return changes;
}

/** Both together, where nothing has changed: the journal may hold more tasks than are asked now. */
export function mergedManifest(before: Manifest, now: Manifest): Manifest {
  const tasks = { ...before.tasks };
  for (const [id, task] of Object.entries(now.tasks))
    tasks[id] = { ...task, models: { ...before.tasks[id]?.models, ...task.models } };
  return { ...now, tasks };
}

export function sameManifest(one: Manifest, other: Manifest): boolean {
  return canonicalHash(one) === canonicalHash(other);
}

function reach({ via }: Manifest): string {
  return via === undefined ? 'directly' : `through ${via}`;
}
