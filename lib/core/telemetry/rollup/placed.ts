import type { Attribution, PlacedBy } from '../../types';
import { ownValue } from '../own-value';
import type { Sums } from './sums';

/** Why a request is left out where a task's strategy is judged: something else placed it, or no tier was asked. */
export type LeftOutBy = PlacedBy | 'refused';

/** Requests that say nothing of the strategy, all for the same reason, and what they have put into the sums of their task. */
export interface LeftOut {
  readonly requests: number;
  readonly upRoutes: number;
  readonly escalations: number;
  readonly judged: number;
  readonly judgedPasses: number;
  /** Routing included. */
  readonly costUsd: number;
  /** Those that each tier answered. */
  readonly mix: Readonly<Record<string, number>>;
}

/** By reason; where there are none there is no member. */
export type Placed = { [Why in LeftOutBy]?: LeftOut };

const ADDED = ['requests', 'upRoutes', 'escalations', 'judged', 'judgedPasses', 'costUsd'] as const;

type Counts = Pick<LeftOut, (typeof ADDED)[number]>;

/** What found no tier that took its call, once it had been placed, could not climb all the same. */
function leftOutBy({ decision }: Attribution, { refused }: Sums): LeftOutBy | undefined {
  return decision.tier === null || refused > 0 ? 'refused' : decision.placed;
}

/** A record that the strategy did not place, by its sums; the same back for one that it did. */
export function withRecord(placed: Placed | undefined, record: Attribution, sums: Sums): Placed | undefined {
  const why = leftOutBy(record, sums);
  if (why === undefined) return placed;
  const mix: Record<string, number> = Object.create(null);
  if (record.tier !== null) mix[record.tier] = 1;
  return withPlaced(placed, { [why]: Object.assign(countsOf(sums), { mix }) });
}

/** Both added up; neither is changed. */
export function withPlaced(placed: Placed | undefined, other: Placed | undefined): Placed | undefined {
  if (placed === undefined || other === undefined) return placed ?? other;
  const sum: Placed = Object.assign({}, placed);
  for (const why of Object.keys(other) as LeftOutBy[]) {
    const [one, two] = [sum[why], other[why]];
    if (two !== undefined) sum[why] = one === undefined ? two : together(one, two);
  }
  return sum;
}

function together(one: LeftOut, two: LeftOut): LeftOut {
  const mix: Record<string, number> = Object.assign(Object.create(null), one.mix);
  for (const [tier, count] of Object.entries(two.mix)) mix[tier] = (mix[tier] ?? 0) + count;
  return Object.assign(combined(one, two, 1), { mix });
}

function countsOf({ requests, upRoutes, escalations, judged, judgedPasses, costUsd, routingCostUsd }: Sums): Counts {
  return { requests, upRoutes, escalations, judged, judgedPasses, costUsd: costUsd + routingCostUsd };
}

function combined(one: Counts, two: Counts, sign: 1 | -1): Counts {
  const sum = { requests: 0, upRoutes: 0, escalations: 0, judged: 0, judgedPasses: 0, costUsd: 0 };
  for (const name of ADDED) sum[name] = one[name] + sign * two[name];
  return sum;
}

/**
 * Of a task's sums, what its strategy did: without what it did not place. All of that is left out, those among it that
 * count as up-routes too, so that what is left is as it would have been without.
 */
export function ofStrategy(sums: Sums, placed: Placed = {}): Counts {
  return Object.values(placed).reduce<Counts>((rest, one) => combined(rest, one, -1), countsOf(sums));
}

/** How many requests that a tier answered are left out. */
export function leftOutOf(placed: Placed | undefined, tier: string): number {
  return Object.values(placed ?? {}).reduce((sum, { mix }) => sum + (ownValue(mix, tier) ?? 0), 0);
}
