import type { Bounds } from '../../../exact-bounds';
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
  /** Null where it is not known. */
  readonly costUsd: number | null;
  readonly quality: number;
  readonly interval: { readonly quality: Bounds; readonly costUsd: Bounds | null };
}

/** One whose cost is known, so that it has a place. */
export type PlacedPoint = TaskPoint & { readonly costUsd: number };

export function isPlaced(point: TaskPoint): point is PlacedPoint {
  return point.costUsd !== null;
}

/** Every tier alone, and the policies that need no router beside the routed one: all on the same rows where it was judged. */
export function taskPoints(profile: ReportedProfile, task: ReportedTask): readonly TaskPoint[] {
  const { references, alone } = task.worth;
  const tiers = task.ladder.flatMap((tier, height) => tierPoint(profile, task, tier, height) ?? []);
  if (!references) return tiers;
  const points = alone === undefined ? tiers : tiers.filter(({ name }) => alone[name] !== undefined);
  const extra = (name: string, kind: TaskPoint['kind'], figures: PolicyFigures): void => {
    points.push({ name, kind, height: -1, also: [], ...figures });
  };
  extra('routed', 'routed', references.routed);
  extra('random mix', 'random', references.shareMatchedRandom);
  extra('oracle', 'oracle', references.oracle);
  return points;
}

function tierPoint(profile: ReportedProfile, task: ReportedTask, tier: string, height: number): TaskPoint | undefined {
  const figures = task.worth.alone?.[tier] ?? ownFigures(profile, task, tier);
  if (figures === undefined) return undefined;
  const also = [
    ...(task.worth.bestSingle === tier ? ['best single'] : []),
    ...(middleOf(task) === tier ? ['always-mid'] : []),
  ];
  return { name: tier, kind: 'tier', height, also, ...figures };
}

/** Where nothing was judged: as measured on the task, at its mean cost there, else the tier's over all tasks. */
function ownFigures(profile: ReportedProfile, task: ReportedTask, tier: string): PolicyFigures | undefined {
  const rate = task.tiers[tier];
  if (rate === undefined) return undefined;
  const costUsd = task.meanCostUsd?.[tier] ?? profile.tiers[tier]?.meanCostUsd ?? null;
  return { costUsd, quality: rate.passRate, interval: { quality: { low: rate.low, high: rate.high }, costUsd: null } };
}

function measuredLadder({ ladder, tiers }: ReportedTask): readonly string[] {
  return ladder.filter((tier) => tiers[tier] !== undefined);
}

/** Of ladders of three and more. */
function middleOf(task: ReportedTask): string | undefined {
  const measured = measuredLadder(task);
  return measured.length > 2 ? measured[Math.floor((measured.length - 1) / 2)] : undefined;
}

/**
 * What nothing cheaper is as good as, the cheapest first, with all that come to the very same; of what one could really do:
 * the lot and the oracle are yardsticks.
 */
export function paretoFront(points: readonly TaskPoint[]): readonly PlacedPoint[] {
  const real = points.filter(isPlaced).filter(({ kind }) => kind === 'tier' || kind === 'routed');
  const ascending = [...real].sort((one, other) => one.costUsd - other.costUsd || other.quality - one.quality);
  let best: PlacedPoint | undefined;
  return ascending.filter((point) => {
    if (best && point.quality <= best.quality && !isSame(point, best)) return false;
    best = point;
    return true;
  });
}

function isSame(one: PlacedPoint, other: PlacedPoint): boolean {
  return one.quality === other.quality && one.costUsd === other.costUsd;
}
