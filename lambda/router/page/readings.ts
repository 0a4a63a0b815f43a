import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { escalationBand, escalationDrift } from '../../../lib/core/telemetry/watch/escalation';
import { netSaving } from '../../../lib/core/telemetry/watch/net-saving';
import type { Infrastructure, OwnPrices } from '../../../lib/core/telemetry/watch/nouns';
import { type QualityDelta, qualityOf, qualityShortfall } from '../../../lib/core/telemetry/watch/quality';
import type { TaskView } from '../../../lib/core/telemetry/watch/task-view';
import type { Policy } from '../../../lib/core/types-policy';
import type { BaselineShown, QualityShown, SavingShown } from './page-state';

const NO_PRICES: OwnPrices = { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 };

/** Without prices the router's own parts are not counted, and no row pretends that they were. */
export const NO_INFRASTRUCTURE: Infrastructure = { own: NO_PRICES };

/** What was saved over so many hours that end now. */
export function savingShown(
  rollup: Rollup,
  policy: Policy | null,
  { own, gpuHours }: Infrastructure,
  stretch: { readonly hours: number; readonly atMs: number; readonly measured?: 'day' | 'month' },
): SavingShown {
  const { hours, atMs, measured } = stretch;
  const tiers = policy ?? NO_POLICY;
  const saving = netSaving(rollup, tiers, own, { hours, atMs, gpuHours: measured && gpuHours?.[measured] });
  const rows = [
    { name: 'Answers', usd: saving.tiersUsd },
    { name: 'Failed attempts', usd: saving.failedAttemptsUsd },
    { name: 'Routing calls', usd: saving.routingUsd },
    { name: 'Idle GPUs', usd: saving.gpuIdleUsd },
    { name: 'Router’s own bill', usd: saving.ownUsd },
  ];
  return {
    requests: rollup.total.requests,
    frontierUsd: saving.frontierUsd,
    subtracted: own === NO_PRICES ? rows.slice(0, -1) : rows,
    netUsd: saving.netUsd,
    verifiedUsd: saving.verifiedUsd,
    cachedUsd: saving.cachedUsd,
    downstreamUsd: saving.downstreamUsd,
  };
}

const NO_POLICY = { tiers: {} } as Policy;

/** A task's rate against what it is held to, by the longest window first. */
export function baselineShown(view: TaskView): BaselineShown | null {
  const { baseline, alarms, judged, sums } = view;
  const band = escalationBand(baseline, alarms);
  if (band === undefined) return null;
  const { low, high } = band;
  const enough = judged.some((window) => sums[window].requests >= alarms.minRequests);
  const drift = judged.map((window) => escalationDrift(view, window)).find((found) => found !== undefined);
  const standing = drift ?? (enough ? 'within' : 'too-few');
  const { profiledAt } = baseline;
  return { rate: band.baseline, low, high, standing, ...(profiledAt !== undefined && { profiledAt }) };
}

/** The figures of the month, and whether any span says that they fall short. */
export function qualityShown(view: TaskView): QualityShown[] {
  const { first, up } = qualityOf(view.monthSums ?? view.sums.day);
  const short = (qualityShortfall(view)?.shortfall ?? 0) > 0;
  return [
    ...(first === undefined ? [] : [shown(first, 'first', short)]),
    ...(up === undefined ? [] : [shown(up, 'up', false)]),
  ];
}

function shown({ n, delta, low, high }: QualityDelta, served: QualityShown['served'], short: boolean): QualityShown {
  return { served, pairs: n, delta, low, high, short };
}
