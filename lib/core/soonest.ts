import { momentOf, type RoutePorts } from './circumstances';
import { latencyBudgetOf } from './decision/eligibility';
import { retryAfterMs } from './decision/retry-after';
import type { RouterError } from './errors';
import { retold } from './execution/in-vain';
import type { Planned } from './planning';
import type { Prepared } from './prepare';
import { UNTOLD_MS } from './response/format-error';
import type { Circumstances, FailedOutcome } from './types';

/**
 * The error that a request has failed with, telling when to ask again: once the first of the tiers that may answer it is
 * back, be it the one that failed last or another; soon, where the next request would begin at a tier that this one never
 * called. Where all take nothing now, it is what the next request would be told.
 */
export function soonest(
  { error, trail }: FailedOutcome,
  { request, features, world }: Planned,
  { policy, decide, assess }: Prepared,
  ports: RoutePorts,
): RouterError {
  const ownMs = error.retryAfterMs ?? (error.status === 503 ? UNTOLD_MS : undefined);
  if (ownMs === undefined || error.failure === undefined) return error;
  const now: Circumstances = Object.assign({}, world, momentOf(request, features, policy, ports));
  const { tier, excluded } = decide(request, features, assess(features), now);
  const backMs = retryAfterMs(excluded, features, now, latencyBudgetOf(policy.tasks[features.task], features));
  if (tier === null) return backMs === undefined ? error : retold(error, { retryAfterMs: backMs });
  const isAnother = trail.attempts.every((attempt) => attempt.tier !== tier);
  const soonestMs = Math.min(backMs ?? ownMs, isAnother ? UNTOLD_MS : ownMs);
  return soonestMs < ownMs ? retold(error, { retryAfterMs: soonestMs }) : error;
}
