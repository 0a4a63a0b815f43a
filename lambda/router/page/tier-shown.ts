import { ownValue } from '../../../lib/core/telemetry/own-value';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { NO_SUMS } from '../../../lib/core/telemetry/rollup/sums';
import type { TierState } from '../../../lib/core/types-live';
import type { Tier } from '../../../lib/core/types-policy';
import type { TierShown } from './page-state';

/** A tier as it fares now, and what it has cost in the rollup's time. */
export function tierShown(tier: Tier, { by }: Rollup, state: TierState | undefined): TierShown {
  const { id, model, location, enabled } = tier;
  const { requests, costUsd, routingCostUsd, failedAttemptsUsd } = ownValue(by.tier, id) ?? NO_SUMS;
  const { breaker = 'closed', retryAfterMs, full, pace } = state ?? {};
  return {
    id,
    model,
    location,
    enabled,
    breaker,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(full !== undefined && { full: full.detail }),
    ...(pace?.waiting !== undefined && { waiting: pace.waiting }),
    ...(pace?.running !== undefined && { running: pace.running }),
    ...(pace?.firstTokenMs !== undefined && { firstTokenMs: Math.round(pace.firstTokenMs) }),
    requests,
    costUsd: costUsd + routingCostUsd,
    failedAttemptsUsd,
  };
}
