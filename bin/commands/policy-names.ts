import type { Store } from '../../lambda/shared/store/port';
import { UserError } from './command';

/** The names that the active policy knows; undefined where none is published, and any name is taken. */
export interface PolicyNames {
  readonly tiers: readonly string[];
  readonly ladders: Readonly<Record<string, readonly string[]>>;
}

interface Document {
  readonly tiers?: Readonly<Record<string, unknown>>;
  readonly tasks?: Readonly<Record<string, { readonly ladder?: readonly string[] }>>;
}

/** Tiers and tasks as the active version in the store has them. */
export async function activeNames({ policies }: Store): Promise<PolicyNames | undefined> {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  if (stored === undefined) return undefined;
  const { tiers = {}, tasks = {} } = stored.document as Document;
  const ladders = Object.entries(tasks).map(([id, { ladder = [] }]) => [id, ladder] as const);
  return { tiers: Object.keys(tiers), ladders: Object.fromEntries(ladders) };
}

export function checkTier(id: string, names: PolicyNames | undefined): void {
  if (names === undefined || names.tiers.includes(id)) return;
  throw new UserError(`The policy in force has no tier "${id}"; it has ${names.tiers.join(', ')}.`);
}

/** An override names a rung of the task's ladder: from any other tier an escalation would have no way on. */
export function checkOverride(task: string, tier: string, names: PolicyNames | undefined): void {
  if (names === undefined) return;
  const ladder = Object.hasOwn(names.ladders, task) ? names.ladders[task] : undefined;
  if (ladder === undefined) {
    throw new UserError(`The policy in force has no task "${task}"; it has ${Object.keys(names.ladders).join(', ')}.`);
  }
  if (!ladder.includes(tier)) {
    throw new UserError(`Tier "${tier}" is not on the ladder of task "${task}": ${ladder.join(', ')}.`);
  }
}
