import type { KeyDraft } from '../../../lambda/router/access/new-key';
import type { Terminal } from '../command';
import { checkedByPolicy, checkName, type NamePlace } from '../policy-names';

/** A key for what the policy does not have would open nothing. Undefined where nothing of a policy is named. */
export async function checkNames(
  { tasks = [], tiers = [], userTier }: KeyDraft,
  place: NamePlace,
  terminal: Terminal,
): Promise<boolean | undefined> {
  const named = [...tasks, ...tiers, ...(userTier === undefined ? [] : [userTier])];
  if (named.length === 0) return undefined;
  return checkedByPolicy(named, place, terminal, (policy) => {
    const { ladders, tiers: thereAre, userTiers } = policy.names;
    checkName('task', tasks, Object.keys(ladders), policy);
    checkName('tier', tiers, thereAre, policy);
    // Without a list of its own a policy takes any.
    if (userTiers.length > 0 && userTier !== undefined) checkName('user tier', [userTier], userTiers, policy);
  });
}
