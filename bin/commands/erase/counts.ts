import type { KeptCount } from '../../../lambda/shared/store/erasure-port';
import type { EraseOptions, ErasePorts, Ground } from './erasing';
import { isOwned } from './owned-counts';

export interface OwnedCounts {
  readonly owned: readonly KeptCount[];
  /** Accounts of which nobody can say. */
  readonly unsure: number;
}

/** The counts of a customer and of its keys: for each budget and period one, so there are few. */
export async function ownedCounts(
  { customer, policy }: EraseOptions,
  { store }: ErasePorts,
  { keyIds, evidence: { tasks } }: Ground,
): Promise<OwnedCounts> {
  const owned: KeptCount[] = [];
  let unsure = 0;
  for await (const count of store.erasure.counts()) {
    const standing = isOwned(count, { customer, keyIds, policy, tasks });
    if (standing === 'yes') owned.push(count);
    if (standing === 'unsure') unsure += 1;
  }
  return { owned, unsure };
}
