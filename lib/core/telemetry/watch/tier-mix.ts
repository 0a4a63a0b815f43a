import { percent } from '../../figures';
import type { Task } from '../../types-policy';
import { totalOf } from '../histogram';
import type { Mix } from '../rollup/rollup';
import type { WindowName } from './nouns';
import type { TaskView } from './task-view';
import { NOTHING, reading, type Told } from './told';
import { SPOKEN } from './two-running';

export type Shares = Readonly<Record<string, number>>;

/** A mix that differs by less, beyond chance, is nothing to tell a person. */
const WORTH_TELLING = 0.1;
/** Minus the logarithm of the chance, about 1 in 31,600, that four standard errors leave on one side. */
const LOG_CHANCE = 10.36;

function sharesOf(counts: Shares): Shares {
  const total = totalOf(counts);
  return Object.fromEntries(Object.entries(counts).map(([tier, count]) => [tier, count / total]));
}

/** Total variation distance: the share of requests that would have to go elsewhere for the two to be alike. */
export function mixDistance(one: Shares, other: Shares): number {
  const tiers = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...tiers].reduce((sum, tier) => sum + Math.abs((one[tier] ?? 0) - (other[tier] ?? 0)), 0) / 2;
}

/**
 * The distance that chance alone does not pass: its mean is at most the first term, and by McDiarmid's inequality it
 * exceeds its mean by the second no oftener than four standard errors allow. `profiled` is 0 where nobody says how many
 * requests the intended mix is from.
 */
export function mixNoise(intended: Shares, served: number, profiled: number): number {
  const spread = 1 / served + (profiled > 0 ? 1 / profiled : 0);
  const mean = Object.values(intended).reduce((sum, share) => sum + Math.sqrt(share * (1 - share) * spread), 0) / 2;
  return mean + Math.sqrt((spread * LOG_CHANCE) / 2);
}

interface Deviation {
  readonly userTier: string | undefined;
  readonly window: WindowName;
  readonly distance: number;
  readonly beyond: number;
}

/**
 * The served mix against the intended one, for the task as a whole and for each user tier. Where a rule of the task names
 * user tiers they are meant to be served unlike, and only the whole is compared.
 */
export function tierMix(view: TaskView): Told {
  const { id: task, task: declared, baseline, judged, detail } = view;
  const intended = baseline.mix;
  if (intended === undefined || declared === undefined) return NOTHING;
  const deviations = judged.flatMap((window) =>
    groupsOf(detail[window]?.mix ?? {}, declared).flatMap(([userTier, counts]): Deviation[] => {
      const served = totalOf(counts);
      if (served < Math.max(1, view.alarms.minRequests)) return [];
      const distance = mixDistance(sharesOf(counts), intended);
      const beyond = Math.max(0, distance - mixNoise(intended, served, baseline.n ?? 0));
      return [{ userTier, window, distance, beyond }];
    }),
  );
  const worst = deviations.sort((one, other) => other.beyond - one.beyond)[0];
  return {
    readings: reading('TierMixDeviation', worst?.beyond, { task }),
    findings:
      worst === undefined || worst.beyond <= WORTH_TELLING
        ? []
        : [{ task, signal: 'TierMixDeviation', kind: 'above', text: textOf(worst) }],
  };
}

function textOf({ userTier, window, distance }: Deviation): string {
  const whom = userTier === undefined ? 'requests' : `requests of user tier ${userTier}`;
  return `${percent(distance)} of ${whom} are served by other tiers than the baseline's mix says, in ${SPOKEN[window]}`;
}

/** All together, and each user tier where there are several that are meant to be served alike. */
function groupsOf(mix: Mix, { rules }: Task): [string | undefined, Shares][] {
  const whole = new Map<string, number>();
  for (const counts of Object.values(mix)) {
    for (const [tier, count] of Object.entries(counts)) whole.set(tier, (whole.get(tier) ?? 0) + count);
  }
  const userTiers = Object.entries(mix);
  const areAlike = rules.every(({ when }) => when.userTiers === undefined);
  return [[undefined, Object.fromEntries(whole)], ...(areAlike && userTiers.length > 1 ? userTiers : [])];
}
