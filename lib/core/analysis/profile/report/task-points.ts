import type { Bounds } from '../../statistics/exact-bounds';
import type { PolicyFigures } from '../reference-policies';
import type { ReportedProfile, ReportedTask } from './report-extras';

/** A way to serve the task: what it costs and how much of it passes, with 95 % intervals where they are known. */
export interface TaskPoint {
  readonly name: string;
  readonly kind: 'tier' | 'routed' | 'random' | 'oracle';
  /** Of a tier: its place on the ladder, for its colour. */
  readonly height: number;
  /** What else this point is: best single tier, always-mid. */
  readonly also: readonly string[];
  readonly costUsd: number;
  readonly quality: number;
  readonly interval: { readonly quality: Bounds; readonly costUsd?: Bounds };
}

/** Every tier alone, and the policies that need no router beside the routed one. */
export function taskPoints(profile: ReportedProfile, task: ReportedTask): readonly TaskPoint[] {
  const { references } = task.worth;
  const points: TaskPoint[] = task.ladder.flatMap((tier, height) => tierPoint(profile, task, tier, height) ?? []);
  if (!references) return points;
  const extra = (name: string, kind: TaskPoint['kind'], figures: PolicyFigures): void => {
    points.push({ name, kind, height: -1, also: [], ...figures });
  };
  extra('routed', 'routed', references.routed);
  extra('random mix', 'random', references.shareMatchedRandom);
  extra('oracle', 'oracle', references.oracle);
  return points;
}

function tierPoint(profile: ReportedProfile, task: ReportedTask, tier: string, height: number): TaskPoint | undefined {
  const rate = task.tiers[tier];
  const cost = costOf(profile, task, tier);
  if (rate === undefined || cost === undefined) return undefined;
  const also = [
    ...(task.worth.bestSingle === tier ? ['best single'] : []),
    ...(middleOf(task) === tier ? ['always-mid'] : []),
  ];
  const interval = { quality: { low: rate.low, high: rate.high }, ...(cost.interval && { costUsd: cost.interval }) };
  return { name: tier, kind: 'tier', height, also, costUsd: cost.usd, quality: rate.passRate, interval };
}

/** As measured on the task, else as a policy of this tier alone came out, else the tier's mean over all tasks. */
function costOf(
  profile: ReportedProfile,
  task: ReportedTask,
  tier: string,
): { readonly usd: number; readonly interval?: Bounds } | undefined {
  const figures = figuresOf(profile, task, tier);
  const own = task.meanCostUsd?.[tier];
  if (figures) return { usd: own ?? figures.costUsd, interval: figures.interval.costUsd };
  const usd = own ?? profile.tiers[tier]?.meanCostUsd;
  return usd === undefined ? undefined : { usd };
}

function figuresOf(profile: ReportedProfile, task: ReportedTask, tier: string): PolicyFigures | undefined {
  const { references, bestSingle } = task.worth;
  if (tier === measuredLadder(task).at(-1)) return references?.alwaysFrontier;
  if (tier === bestSingle) return references?.bestSingle;
  if (tier === middleOf(task)) return references?.alwaysMid;
  return tier === cheapestOf(profile, task) ? references?.alwaysCheapest : undefined;
}

function cheapestOf(profile: ReportedProfile, task: ReportedTask): string | undefined {
  const cost = (tier: string): number => task.meanCostUsd?.[tier] ?? profile.tiers[tier]?.meanCostUsd ?? Number.NaN;
  const measured = measuredLadder(task);
  return measured.find((tier) => measured.every((other) => cost(tier) <= cost(other)));
}

function measuredLadder({ ladder, tiers }: ReportedTask): readonly string[] {
  return ladder.filter((tier) => tiers[tier] !== undefined);
}

/** Of ladders of three and more. */
function middleOf(task: ReportedTask): string | undefined {
  const measured = measuredLadder(task);
  return measured.length > 2 ? measured[Math.floor((measured.length - 1) / 2)] : undefined;
}

/** What nothing cheaper is as good as, the cheapest first; of what one could really do: the lot and the oracle are yardsticks. */
export function paretoFront(points: readonly TaskPoint[]): readonly TaskPoint[] {
  const real = points.filter(({ kind }) => kind === 'tier' || kind === 'routed');
  const ascending = [...real].sort((one, other) => one.costUsd - other.costUsd || other.quality - one.quality);
  let best = Number.NEGATIVE_INFINITY;
  return ascending.filter(({ quality }) => {
    if (quality <= best) return false;
    best = quality;
    return true;
  });
}
