import type { KeptCount } from '../../../lambda/shared/store/erasure-port';
import type { Policy } from '../../../lib/core/types-policy';

/** Whom counts are looked through for. */
export interface Owner {
  readonly customer: string;
  readonly keyIds: ReadonlySet<string>;
  /** In force; absent where there is none, or none that can be read. */
  readonly policy: Policy | undefined;
  /** That the sums or the policy name. */
  readonly tasks: ReadonlySet<string>;
}

/** Ids that a budget has where the policy names none. */
const BY_DEFAULT = /^(customer|task|key|all)-(day|month)$/;
/** Holds the accounts of budgets that everybody shares. */
const EVERYBODY = 'all';

/**
 * Whether a count is the customer's. An account names its budget and its holder, and not what kind of holder that is; where a
 * task has the customer's name, only the policy tells the two apart, and without it nobody is `sure`.
 */
export function isOwned(count: KeptCount, owner: Owner): 'yes' | 'no' | 'unsure' {
  const { customer, keyIds, tasks } = owner;
  if (count.kind === 'requests') return keyIds.has(count.keyId) ? 'yes' : 'no';
  const [budget = '', holder = '', period] = count.account.split('#').map(decoded);
  if (period === undefined) return 'no';
  if (keyIds.has(holder)) return 'yes';
  if (holder !== customer) return 'no';
  const scope = scopeOf(budget, owner);
  if (scope !== undefined) return scope === 'customer' ? 'yes' : 'no';
  return customer === EVERYBODY || tasks.has(customer) ? 'unsure' : 'yes';
}

function scopeOf(budget: string, { policy }: Owner): string | undefined {
  return policy?.budgets.find(({ id }) => id === budget)?.scope ?? BY_DEFAULT.exec(budget)?.[1];
}

/** Anybody may have written into a store. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
