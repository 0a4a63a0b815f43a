import { RouterError } from '../../../lib/core/errors';
import type { BudgetRoom, Budgets, Estimate, Exhausted, Hold, Purse, Spender } from '../../../lib/core/types-live';
import type { Budget } from '../../../lib/core/types-policy';
import type { Account, BudgetStore, HeldAmount } from '../../shared/store/budget-port';
import { accountOf } from './accounts';
import { createSettlements } from './settlements';

export interface BudgetsOptions {
  readonly store: BudgetStore;
  readonly nowMs: () => number;
  /** Told of every settlement that the store would not take at first. */
  readonly onFailure: (error: unknown) => void;
}

/** Budgets over a store, and what is still to be booked there. */
export interface KeptBudgets extends Budgets {
  /** Waits until everything is booked, or the time is up; resolves with the number of bookings still open. */
  flush(ms: number): Promise<number>;
}

/** Longer than platforms let a request run; what a crashed process has set aside is free again after it. */
const HOLD_MS = 20 * 60_000;
/** A call of which the policy lets one take longer is booked only once its caller has read what it said. */
const TIMES_THE_LONGEST = 2;

interface Reserved {
  readonly account: Account;
  readonly amount: HeldAmount;
}

/**
 * Sets money aside before every call and books the real cost after it. A store that cannot be reached stops requests that
 * a budget binds: a guard that cannot be asked has not been passed.
 */
export function createBudgets({ store, nowMs, onFailure }: BudgetsOptions): KeptBudgets {
  const settlements = createSettlements({ onFailure });

  function settle(reserved: readonly Reserved[], spentUsd: number): void {
    for (const { account, amount } of reserved) {
      settlements.book(() => store.settle(account, amount, spentUsd, nowMs()));
    }
  }

  async function reserve(
    budgets: readonly Budget[],
    spender: Spender,
    estimate: Estimate,
    longestMs: number,
  ): Promise<Hold | Exhausted> {
    const heldMs = Math.max(HOLD_MS, TIMES_THE_LONGEST * longestMs);
    const reserved: Reserved[] = [];
    for (const budget of budgets) {
      const account = accountOf(budget, spender, nowMs());
      const usd = budget.reserve === 'worst' ? estimate.worstUsd : estimate.expectedUsd;
      const amount: HeldAmount = { usd, untilMs: nowMs() + heldMs };
      const { held, roomUsd } = await asked(store.reserve(account, amount, nowMs()), () => settle(reserved, 0));
      if (!held) {
        settle(reserved, 0);
        return { budget, roomUsd };
      }
      reserved.push({ account, amount });
    }
    let settled = false;
    return {
      settle(costUsd) {
        if (settled) return;
        settled = true;
        settle(reserved, costUsd);
      },
    };
  }

  async function room(budget: Budget, spender: Spender): Promise<BudgetRoom> {
    const { id, limitUsd } = accountOf(budget, spender, nowMs());
    const { spentUsd, heldUsd } = await asked(store.read(id, nowMs()), () => {});
    return { budget, roomUsd: Math.max(0, withoutNoise(limitUsd - spentUsd - heldUsd)) };
  }

  return {
    open(budgets, spender): Purse | undefined {
      if (budgets.length === 0) return undefined;
      return { reserve: (estimate, longestMs = 0) => reserve(budgets, spender, estimate, longestMs) };
    },
    rooms: (budgets, spender) => Promise.all(budgets.map((budget) => room(budget, spender))),
    flush: settlements.flush,
  };
}

async function asked<Result>(answer: Promise<Result>, giveBack: () => void): Promise<Result> {
  try {
    return await answer;
  } catch (cause) {
    giveBack();
    throw new RouterError('tiers_unavailable', 'The budgets that bind this request cannot be looked at now.', {
      cause,
      retryAfterMs: 5000,
    });
  }
}

/** To the billionth of a dollar, which accounts are kept in. */
function withoutNoise(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
