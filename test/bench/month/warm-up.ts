/** A few quiet days before the month: what production is held to from then on. */

import { DAY_MS } from '../../../lib/core/durations';
import { exactBounds } from '../../../lib/core/exact-bounds';
import { roundBaseline } from '../../../lib/core/policy/round-baseline';
import { baselineFromRollup } from '../../../lib/core/telemetry/baseline-from-rollup';
import { addRecord, emptyRollup, type Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { NO_SUMS } from '../../../lib/core/telemetry/rollup/sums';
import type { Baseline, Policy } from '../../../lib/core/types-policy';
import { seeded } from '../soak/random';
import { arrivalsOf, START_MS } from './calendar';
import type { Version } from './policies';
import { type Clock, SimulatedRouter, simulatedStore } from './router';
import { TIER_IDS } from './tiers';
import { createTraffic } from './traffic';

export const WARM_UP_DAYS = 3;
const CONFIDENCE = 0.95;

export type Measured = Required<Pick<Version, 'baselines' | 'projection'>>;

/** Baselines by task, and what a month of so many requests will cost by tier. */
export async function warmUp(requests: number, requestsAMonth: number, seed: number): Promise<Measured> {
  const fromMs = START_MS - (WARM_UP_DAYS + 1) * DAY_MS;
  const clock: Clock = { nowMs: fromMs };
  const random = seeded(seed);
  const router = new SimulatedRouter(simulatedStore(clock), clock, seeded(seed + 1));
  const policy = await router.publish({}, 'to be measured');
  const next = createTraffic(random);
  const rollup = emptyRollup();
  for (const arrivalMs of arrivalsOf(requests, fromMs, WARM_UP_DAYS, random)) {
    clock.nowMs = Math.max(clock.nowMs, arrivalMs);
    addRecord(rollup, await router.serve(next(undefined)));
  }
  await router.close();
  const baselines = Object.values(policy.tasks).map((task) => [task.id, baselineOf(rollup, task)] as const);
  const projection = TIER_IDS.map((id) => {
    const { costUsd, routingCostUsd } = rollup.by.tier[id] ?? NO_SUMS;
    return [id, ((costUsd + routingCostUsd) / requests) * requestsAMonth] as const;
  });
  return { baselines: Object.fromEntries(baselines), projection: Object.fromEntries(projection) };
}

function baselineOf(rollup: Rollup, task: Policy['tasks'][string]): Baseline {
  const found = baselineFromRollup(rollup, task);
  const sums = rollup.by.task[task.id];
  if (found === undefined || sums === undefined) throw new Error(`nobody asked for ${task.id}`);
  const bounds = exactBounds(sums.upRoutes + sums.escalations, sums.requests, CONFIDENCE);
  const about = { profiledAt: new Date(START_MS - DAY_MS).toISOString(), profile: 'the days before' };
  return roundBaseline({ ...found, ...bounds, ...about });
}
