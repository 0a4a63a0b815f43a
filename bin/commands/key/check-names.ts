import type { KeyDraft } from '../../../lambda/router/access/new-key';
import type { PolicyStore } from '../../../lambda/shared/store/port';
import { UserError } from '../command';

interface Document {
  readonly tasks?: Readonly<Record<string, unknown>>;
  readonly tiers?: Readonly<Record<string, unknown>>;
  readonly userTiers?: readonly string[];
}

/** A key for what the policy in force does not have would open nothing. Where none is published any name is taken. */
export async function checkNames({ tasks, tiers, userTier }: KeyDraft, policies: PolicyStore): Promise<void> {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  if (stored === undefined) return;
  const { userTiers = [], ...document } = stored.document as Document;
  check('task', tasks ?? [], Object.keys(document.tasks ?? {}));
  check('tier', tiers ?? [], Object.keys(document.tiers ?? {}));
  if (userTiers.length > 0) check('user tier', userTier === undefined ? [] : [userTier], userTiers);
}

function check(noun: string, given: readonly string[], there: readonly string[]): void {
  const wrong = given.find((name) => !there.includes(name));
  if (wrong === undefined) return;
  throw new UserError(`The policy in force has no ${noun} "${wrong}"; it has ${there.join(', ')}.`);
}
