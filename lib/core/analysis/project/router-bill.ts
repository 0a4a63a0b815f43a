import type { Policy } from '../../types-policy';
import { billOf } from './bill';
import { ImpossibleProjection } from './impossible';
import { infrastructureOf } from './infrastructure';
import type { MeasuredProfile } from './measured-profile';
import { scenarioOf } from './scenario-of';

/** What a task bears of the router's own parts. */
export interface RouterBill {
  /** A month, whether or not the router is used. */
  readonly fixedMonthlyUsd: number;
  /** For each request. */
  readonly requestUsd: number;
}

export interface Traffic {
  readonly policy: Policy;
  /** Requests a month of all tasks together; absent: nobody has said. */
  readonly volume?: number;
  /** Day whose prices are taken, in UTC milliseconds. */
  readonly atMs: number;
}

/** For what moves with the traffic, where nobody has said how much there is: by request it comes to the same. */
const EXAMPLE_VOLUME = 1_000_000;

/**
 * The router's own bill as a projection reckons with it, by task. What is fixed is shared by volume: a task bears as much
 * of it as of the traffic, so that all tasks together bear the whole. Tasks without a share of the traffic are left out.
 */
export function routerBills(profile: MeasuredProfile, traffic: Traffic): ReadonlyMap<string, RouterBill> {
  const volume = traffic.volume ?? EXAMPLE_VOLUME;
  try {
    const scenario = scenarioOf(profile, { ...traffic, volume });
    const lines = infrastructureOf(scenario, billOf(scenario).lines);
    const usdOf = (isFixed: boolean): number =>
      lines.reduce((sum, { fixed, usd }) => sum + (fixed === isFixed ? usd : 0), 0);
    const [fixedUsd, requestUsd] = [usdOf(true), usdOf(false) / volume];
    return new Map(scenario.tasks.map(({ id, share }) => [id, { fixedMonthlyUsd: share * fixedUsd, requestUsd }]));
  } catch (error) {
    if (error instanceof ImpossibleProjection) return new Map();
    throw error;
  }
}
