import type { ProfileRun } from '../../lib/core/analysis/profile/run/run-profile';
import { canonicalHash } from '../../lib/core/policy/canonical-hash';
import { type CertificateBinding, certificateBinding } from '../../lib/core/policy/certificate';
import { type CodeDigests, codeOf } from '../../lib/core/policy/certificate-code';
import type { Policy, Task, Tier } from '../../lib/core/types-policy';
import type { RouterPolicy } from './via-router';

/** What the answers of a journal were asked and judged with. */
export interface Manifest {
  readonly policy: string;
  /** Address of the router through which tiers were reached; absent: they were called themselves. */
  readonly via?: string;
  /** What that router routed by: its prompts were put before, whatever is said here. */
  readonly router?: RouterPolicy;
  readonly tasks: Readonly<Record<string, TaskManifest>>;
}

type TaskManifest = CertificateBinding & {
  /** Whether redundant context was left out of what tiers were sent. */
  readonly stripContext: boolean;
  /** Digests of the modules by which code judged. Another code judges what was answered anew, so it is no change. */
  readonly code?: Readonly<Record<string, string>>;
};

export function manifestOf(
  { policy, tiers, code }: Pick<ProfileRun, 'policy' | 'tiers'> & { readonly code: CodeDigests },
  via?: { readonly address: string; readonly router: RouterPolicy },
): Manifest {
  const tasks = [...tiers].map(
    ([id, asked]) => [id, taskManifest(policy, policy.tasks[id] as Task, asked, code)] as const,
  );
  return {
    policy: policy.id,
    ...(via && { via: via.address, router: via.router }),
    tasks: Object.fromEntries(tasks),
  };
}

function taskManifest(policy: Policy, task: Task, asked: readonly string[], digests: CodeDigests): TaskManifest {
  const code = codeOf(task, digests);
  const beside = asked.map((id) => {
    const tier = policy.tiers[id] as Tier;
    return [id, tier.adapters[task.id] ?? tier.model] as const;
  });
  const binding = certificateBinding(policy, task);
  return {
    ...binding,
    models: { ...Object.fromEntries(beside), ...binding.models },
    stripContext: task.stripContext,
    ...(code && { code }),
  };
}

/** Tasks whose answers were judged by code that is another now. */
export function recodedTasks(before: Manifest, now: Manifest): ReadonlySet<string> {
  const recoded = Object.entries(now.tasks).filter(
    ([id, { code = {} }]) => canonicalHash(before.tasks[id]?.code ?? {}) !== canonicalHash(code),
  );
  return new Set(recoded.map(([id]) => id));
}

/** What is no longer as it was; a task or a tier that has come is no change. */
export function manifestChanges(before: Manifest, now: Manifest): string[] {
  const changes: string[] = [];
  if (before.policy !== now.policy) changes.push(`policy ${before.policy} is now ${now.policy}`);
  if (before.via !== now.via)
    changes.push(`tiers were reached ${reach(before)} and are now to be reached ${reach(now)}`);
  if (before.router !== undefined && now.router !== undefined && !sameRouter(before.router, now.router))
    changes.push(
      `the router's policy was ${routed(before.router)} and is ${routed(now.router)}, whose prompts may be others (tierwise rollback brings an earlier version back)`,
    );
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

function sameRouter(one: RouterPolicy, other: RouterPolicy): boolean {
  return one.id === other.id && one.version === other.version;
}

function routed({ id, version }: RouterPolicy): string {
  return `${id}, version ${version},`;
}

function reach({ via }: Manifest): string {
  return via === undefined ? 'directly' : `through ${via}`;
}
