import { DAY_MS } from '../../../lib/core/durations';
import type { Spender } from '../../../lib/core/types-live';
import type { Budget } from '../../../lib/core/types-policy';
import type { Account } from '../../shared/store/budget-port';

/** Kept after its period has ended, so that yesterday's and last month's can still be looked at. */
const KEPT_AFTER_MS = 40 * DAY_MS;
/** Counts together whatever a budget by customer or key cannot tell apart. */
const NOBODY = '-';

/** The account that a budget keeps for a spender in the period `nowMs` lies in. Periods are in UTC. */
export function accountOf(budget: Budget, spender: Spender, nowMs: number): Account {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const period = budget.period === 'day' ? day : day.slice(0, 7);
  const parts = [budget.id, holderOf(budget, spender), period].map(encodeURIComponent);
  return {
    id: parts.join('#'),
    limitUsd: budget.limitUsd,
    expiresAtMs: endOf(budget, nowMs) + KEPT_AFTER_MS,
  };
}

function holderOf({ scope }: Budget, { customer, keyId, task }: Spender): string {
  if (scope === 'all') return 'all';
  if (scope === 'task') return task;
  return (scope === 'customer' ? customer : keyId) ?? NOBODY;
}

/** UTC milliseconds at which the period ends. */
function endOf({ period }: Budget, nowMs: number): number {
  const now = new Date(nowMs);
  const month = now.getUTCMonth();
  return period === 'day'
    ? Date.UTC(now.getUTCFullYear(), month, now.getUTCDate() + 1)
    : Date.UTC(now.getUTCFullYear(), month + 1, 1);
}
