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

export interface OwnedCounts {
  readonly owned: readonly KeptCount[];
  /** Accounts of which nobody can say. */
  readonly unsure: number;
}

/** The counts of a customer and of its keys: for each budget and period one, so there are few. */
export async function ownedCounts(counts: AsyncIterable<KeptCount>, owner: Owner): Promise<OwnedCounts> {
  const owned: KeptCount[] = [];
  let unsure = 0;
  for await (const count of counts) {
    const standing = isOwned(count, owner);
    if (standing === 'yes') owned.push(count);
    if (standing === 'unsure') unsure += 1;
  }
  return { owned, unsure };
}

/**
 * Whether a count is the customer's. An account names its budget and its holder, and not what kind of holder that is; where a
 * task has the customer's name, only the policy tells the two apart, and without it nobody is `sure`. Nor does the policy say
 * what a budget was once, so it is not asked where the name is nobody else's.
 */
export function isOwned(count: KeptCount, owner: Owner): 'yes' | 'no' | 'unsure' {
  const { customer, keyIds, tasks } = owner;
  if (count.kind === 'requests') return keyIds.has(count.keyId) ? 'yes' : 'no';
  const [budget = '', holder = '', period] = count.account.split('#').map(decoded);
  if (period === undefined) return 'no';
  const scope = scopeOf(budget, owner);
  // In a file of keys their ids are any text, and so may be the name of another customer.
  if (keyIds.has(holder) && (scope === undefined || scope === 'key')) return 'yes';
  if (holder !== customer) return 'no';
  if (customer !== EVERYBODY && !tasks.has(customer)) return 'yes';
  if (scope === undefined) return 'unsure';
  return scope === 'customer' ? 'yes' : 'no';
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
