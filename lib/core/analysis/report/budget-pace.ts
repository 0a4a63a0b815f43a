import { controlBudget } from '../../execution/control';
import type { Budget, Policy } from '../../types-policy';

/** What one spender has spent of a budget, held against how much of the period is over. */
export interface BudgetPace {
  readonly budget: string;
  readonly scope: Budget['scope'];
  /** Customer, task or key; `all` of a budget that everybody shares. */
  readonly spender: string;
  readonly period: Budget['period'];
  readonly limitUsd: number;
  readonly spentUsd: number;
  /** Set aside for requests under way. */
  readonly heldUsd: number;
  readonly usedShare: number;
  /** Of the period. */
  readonly elapsedShare: number;
  /** What will be spent by the end of the period if it goes on so; USD. */
  readonly atThisPaceUsd: number;
  /** `ahead`: at this pace the limit is reached before the period is over. */
  readonly standing: 'within' | 'ahead' | 'exhausted';
}

export interface BudgetReading {
  readonly budget: Budget;
  readonly spender: string;
  readonly spentUsd: number;
  readonly heldUsd: number;
}

/** With less of a period behind it, a pace is a matter of single requests. */
const LEAST_ELAPSED = 0.02;

/** Those of the policy, and the control sample's own. */
export function budgetsOf(policy: Policy): readonly Budget[] {
  const { share, dailyUsd } = policy.control;
  return share > 0 && dailyUsd > 0 ? [...policy.budgets, controlBudget(policy)] : policy.budgets;
}

/** Nearest to their limits first. */
export function budgetPaces(readings: readonly BudgetReading[], nowMs: number): BudgetPace[] {
  return readings.map((reading) => paceOf(reading, nowMs)).sort((one, other) => other.usedShare - one.usedShare);
}

function paceOf({ budget, spender, spentUsd, heldUsd }: BudgetReading, nowMs: number): BudgetPace {
  const { id, scope, period, limitUsd } = budget;
  const elapsedShare = elapsed(period, nowMs);
  const atThisPaceUsd = spentUsd / Math.max(elapsedShare, LEAST_ELAPSED);
  const usedShare = limitUsd > 0 ? (spentUsd + heldUsd) / limitUsd : 1;
  return {
    budget: id,
    scope,
    spender,
    period,
    limitUsd,
    spentUsd,
    heldUsd,
    usedShare,
    elapsedShare,
    atThisPaceUsd,
    standing: usedShare >= 1 ? 'exhausted' : atThisPaceUsd > limitUsd ? 'ahead' : 'within',
  };
}

/** Share of the day or the month, in UTC, that is over. */
function elapsed(period: Budget['period'], nowMs: number): number {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const [fromMs, untilMs] =
    period === 'day'
      ? [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
      : [Date.UTC(year, month), Date.UTC(year, month + 1)];
  return (nowMs - fromMs) / (untilMs - fromMs);
}
