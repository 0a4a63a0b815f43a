import type { Store } from '../../../lambda/shared/store/port';
import { ResidencyEvidenceCollector } from '../../../lib/core/analysis/report/residency-evidence';
import type { Policy } from '../../../lib/core/types-policy';
import { type AddedUp, type Period, rollupsBetween } from '../rollups-between';
import type { HostReached } from './erasure';

export interface Evidence {
  readonly hosts: readonly HostReached[];
  /** Names of tasks that the sums know. */
  readonly tasks: ReadonlySet<string>;
}

/** Where prompts of a customer went, as `report --residency` has it, over all that the sums tell. */
export async function gatherEvidence(
  store: Pick<Store, 'attributions' | 'rollups'>,
  customer: string,
  policy: Policy | undefined,
  { nowMs, ...period }: Period & { readonly addedUp: AddedUp | undefined; readonly nowMs: number },
): Promise<Evidence> {
  const collector = new ResidencyEvidenceCollector(customer);
  const tasks = new Set(Object.keys(policy?.tasks ?? {}));
  await rollupsBetween(store, period, nowMs, (from, rollup) => {
    collector.add(from, rollup);
    for (const task of Object.keys(rollup.by.task)) tasks.add(task);
  });
  const hosts = collector.evidence(policy).places.map((place) => {
    const { tier, location, geography, retentionDays, calls, firstDay, lastDay } = place;
    return { tier, location, geography, retentionDays, calls, firstDay, lastDay };
  });
  return { hosts, tasks };
}
