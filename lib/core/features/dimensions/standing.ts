import type { Policy, Price, Task, Tier } from '../../types-policy';
import { clamped, NEITHER } from './scale';
import type { Standing } from './signals';

/** A tier this many times dearer than the ladder's first makes cost matter as much as a price can. */
const STEEP_PRICE_RATIO = 100;
const PRICE_WEIGHT = 6;
const BUDGET_WEIGHT = 2;

/** A token of input and one of output together, in any unit that is the same for all. */
function tokenPrice(price: Price): number {
  const base =
    price.kind === 'gpu' ? ((2 * price.hourly) / 3600 / price.tokensPerSecond) * 1e6 : price.input + price.output;
  return base * price.uplift;
}

function priceOf(tier: Tier | undefined): number {
  const last = tier?.prices[tier.prices.length - 1];
  return last === undefined ? 0 : tokenPrice(last);
}

/** 10 where every tier of the ladder costs the same; falls with the dearest's ratio to the cheapest and with budgets. */
function costSensitivity(policy: Policy, task: Task): number {
  const prices = task.ladder.map((id) => priceOf(policy.tiers[id])).filter((price) => price > 0);
  const ratio = prices.length === 0 ? 1 : Math.max(...prices) / Math.min(...prices);
  const steepness = Math.min(1, Math.log(ratio) / Math.log(STEEP_PRICE_RATIO));
  const budgeted = policy.budgets.length > 0 ? BUDGET_WEIGHT : 0;
  const downgrades = policy.budgets.some((budget) => budget.onExhausted === 'downgrade') ? BUDGET_WEIGHT : 0;
  return clamped(10 - PRICE_WEIGHT * steepness - budgeted - downgrades);
}

/** A fine-tune below the ladder's last tier does the task well and cheaply. */
function fineTune(policy: Policy, task: Task): number {
  const tuned = task.ladder.slice(0, -1).some((id) => policy.tiers[id]?.adapters[task.id] !== undefined);
  return tuned ? 0 : NEITHER;
}

export function standingOf(policy: Policy, task: Task): Standing {
  return {
    regulatory: task.regulatory,
    costSensitivity: costSensitivity(policy, task),
    fineTune: fineTune(policy, task),
    userTiers: policy.userTiers,
  };
}
