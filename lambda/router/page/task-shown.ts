import type { Mix } from '../../../lib/core/telemetry/rollup/rollup';
import { inputDrift } from '../../../lib/core/telemetry/watch/input-drift';
import type { WatchInput } from '../../../lib/core/telemetry/watch/nouns';
import { viewOf } from '../../../lib/core/telemetry/watch/task-view';
import type { MixShown, TaskShown } from './page-state';
import { baselineShown, qualityShown } from './readings';

/** One task as the watch function sees it. */
export function taskShown(id: string, input: WatchInput): TaskShown {
  const { policy, publishedAtMs } = input;
  const view = viewOf(input, id, { baselineSinceMs: publishedAtMs });
  const { baseline, alarms, sums, detail } = view;
  const { requests, upRoutes, escalations, costUsd, routingCostUsd, frontierCostUsd } = sums.day;
  const index = inputDrift(view).readings?.[0]?.value;
  return {
    id,
    requests,
    costUsd: costUsd + routingCostUsd,
    netUsd: frontierCostUsd - costUsd - routingCostUsd,
    upRouteRate: share(upRoutes, requests),
    climbRate: share(escalations, requests),
    baseline: baselineShown(view),
    quality: qualityShown(view),
    drift: index === undefined ? null : { index, limit: alarms.driftAbove },
    mix: mixShown(detail.day?.mix ?? {}, Object.keys(policy.tiers)),
    intendedMix: baseline.mix ?? null,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mixShown(mix: Mix, order: readonly string[]): MixShown[] {
  return Object.entries(mix)
    .map(([userTier, counts]) => {
      const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const tiers = [...new Set([...order.filter((tier) => Object.hasOwn(counts, tier)), ...Object.keys(counts)])];
      const shares = Object.fromEntries(tiers.map((tier) => [tier, share(counts[tier] ?? 0, requests)]));
      return { userTier, requests, shares };
    })
    .sort((left, right) => right.requests - left.requests);
}
