import { totalOf } from '../../telemetry/histogram';
import { ownValue } from '../../telemetry/own-value';
import { type Rollup, UNNAMED } from '../../telemetry/rollup/rollup';
import { mixDistance, mixNoise, type Shares } from '../../telemetry/watch/tier-mix';
import type { Policy, Task } from '../../types-policy';

/** Which tiers served a task, beside those that its baseline means to. */
export interface ServedMix {
  readonly task: string;
  /** Null: whatever the user tier. `-` stands for requests without one. */
  readonly userTier: string | null;
  readonly served: number;
  readonly shares: Shares;
  /** Null where no baseline says, or where rules mean user tiers to be served unlike. */
  readonly intended: Shares | null;
  /** Share of the requests that would have to go elsewhere for the two to be alike. */
  readonly distance: number | null;
  /** What is left of it once what chance alone may do is taken off. */
  readonly beyondChance: number | null;
}

/** Each task as a whole, and by its user tiers where `byUserTier` asks for them. */
export function servedMixes({ tasks }: Rollup, policy: Policy | undefined, byUserTier: boolean): ServedMix[] {
  return Object.keys(tasks)
    .sort()
    .flatMap((id) => {
      const { mix = {} } = ownValue(tasks, id) ?? {};
      const task = policy && ownValue(policy.tasks, id);
      const groups: [string | null, Shares][] = [[null, addedUp(Object.values(mix))]];
      if (byUserTier) groups.push(...Object.entries(mix).sort(([one], [other]) => compare(one, other)));
      return groups.flatMap(([userTier, counts]) => {
        const served = totalOf(counts);
        return served === 0 ? [] : [mixOf(id, userTier, counts, served, task)];
      });
    });
}

function mixOf(
  task: string,
  userTier: string | null,
  counts: Shares,
  served: number,
  declared: Task | undefined,
): ServedMix {
  const shares = Object.fromEntries(Object.entries(counts).map(([tier, count]) => [tier, count / served]));
  const intended = userTier === null || areServedAlike(declared) ? declared?.baseline.mix : undefined;
  const distance = intended && mixDistance(shares, intended);
  const noise = intended && mixNoise(intended, served, declared?.baseline.n ?? 0);
  return {
    task,
    userTier,
    served,
    shares,
    intended: intended ?? null,
    distance: distance ?? null,
    beyondChance: distance === undefined || noise === undefined ? null : Math.max(0, distance - noise),
  };
}

/** A baseline knows the task as a whole: where a rule names user tiers, single ones are meant to differ from it. */
function areServedAlike(task: Task | undefined): boolean {
  return task?.rules.every(({ when }) => when.userTiers === undefined) ?? false;
}

function addedUp(groups: readonly Shares[]): Shares {
  const sum = new Map<string, number>();
  for (const counts of groups) {
    for (const [tier, count] of Object.entries(counts)) sum.set(tier, (sum.get(tier) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}

/** Those without a user tier first. */
function compare(one: string, other: string): number {
  return one === other ? 0 : one === UNNAMED || (other !== UNNAMED && one < other) ? -1 : 1;
}
