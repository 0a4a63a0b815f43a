import { controlBudget } from '../../execution/control';
import type { ReportDimension } from '../../telemetry/rollup/rollup';
import type { Budget, Policy } from '../../types-policy';

/** What one spender has spent of a budget, held against how much of the period is over. */
export interface BudgetPace {
  /** Its id; `control sample` of the one that every policy has for it. */
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

/** A budget, and what a report calls it. */
export interface NamedBudget {
  readonly budget: Budget;
  readonly name: string;
}

export interface BudgetReading extends NamedBudget {
  readonly spender: string;
  readonly spentUsd: number;
  readonly heldUsd: number;
}

/** With less of a period behind it, a pace is a matter of single requests. */
const LEAST_ELAPSED = 0.02;
/** With a space, so that it is no id of a policy. */
const CONTROL_SAMPLE = 'control sample';

/** Those of the policy, and the control sample's own, whose id stands in no policy. */
export function budgetsOf(policy: Policy): readonly NamedBudget[] {
  const { share, dailyUsd } = policy.control;
  const own = policy.budgets.map((budget) => ({ budget, name: budget.id }));
  return share > 0 && dailyUsd > 0 ? [...own, { budget: controlBudget(policy), name: CONTROL_SAMPLE }] : own;
}

/** What a report shows of the budgets, and how many it leaves to other splits. */
export interface ShownBudgets {
  readonly budgets: readonly BudgetPace[];
  /** By scope; a scope of which none is left out is absent. */
  readonly moreBudgets: Readonly<Partial<Record<Budget['scope'], number>>>;
}

/** By tier, where the money goes, all; by anything else those of that scope, and whichever may run out. */
export function shownBudgets(paces: readonly BudgetPace[], by: ReportDimension): ShownBudgets {
  const moreBudgets: Partial<Record<Budget['scope'], number>> = {};
  const budgets = paces.filter(({ scope, standing }) => {
    if (by === 'tier' || scope === by || standing !== 'within') return true;
    moreBudgets[scope] = (moreBudgets[scope] ?? 0) + 1;
    return false;
  });
  return { budgets, moreBudgets };
}

/** Nearest to their limits first. */
export function budgetPaces(readings: readonly BudgetReading[], nowMs: number): BudgetPace[] {
  return readings.map((reading) => paceOf(reading, nowMs)).sort((one, other) => other.usedShare - one.usedShare);
}

function paceOf({ budget, name, spender, spentUsd, heldUsd }: BudgetReading, nowMs: number): BudgetPace {
  const { scope, period, limitUsd } = budget;
  const elapsedShare = elapsed(period, nowMs);
  const atThisPaceUsd = spentUsd / Math.max(elapsedShare, LEAST_ELAPSED);
  const usedShare = limitUsd > 0 ? (spentUsd + heldUsd) / limitUsd : 1;
  return {
    budget: name,
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
