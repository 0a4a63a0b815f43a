import { asRouterError, RouterError } from '../errors';
import type { Attempt, Exclusion, ExclusionReason } from '../types';
import {
  type Admission,
  type Estimate,
  type Exhausted,
  type Hold,
  isExhausted,
  type Purse,
  type TierState,
} from '../types-live';
import type { Tier } from '../types-policy';
import type { ExecutionPorts } from './plan';
import type { Watch } from './watch';

/** Leave to make one call: the tier takes it, and the budgets have set the money aside. */
export interface Leave {
  /** Must be told, whatever became of the call; what it is told again counts for nothing. */
  ended(
    call: Pick<Attempt, 'cause' | 'usage' | 'costUsd' | 'latencyMs' | 'timeToFirstTokenMs'>,
    retryAfterMs?: number,
  ): void;
}

export interface Withheld {
  readonly error: RouterError;
  /** Why the tier takes no call although the decision let it. */
  readonly withheld: Exclusion;
  /** Where a budget is why. */
  readonly exhausted?: Exhausted;
}

/** A call that is about to be made. */
export interface Intent {
  readonly tier: Tier;
  /** That it is expected to take, in and out. */
  readonly tokens: number;
  /** Asked for only where a budget binds. */
  readonly estimate: () => Estimate;
}

/**
 * Asks tier and budgets, in that order: a tier that takes no call must not tie money up. `watch`: of the call to be made,
 * whose time begins here.
 */
export async function obtainLeave(intent: Intent, watch: Watch, ports: ExecutionPorts): Promise<Leave | Withheld> {
  const { tier, tokens } = intent;
  const { health, purse } = ports;
  const admission = health?.admit(tier, tokens);
  if (health !== undefined && admission === undefined) {
    return notAdmitted(tier, health.state(tier));
  }
  if (purse === undefined) return leaveOf(admission, undefined);
  const reserved = await reserve(purse, intent, watch);
  if (!isWithheld(reserved)) return leaveOf(admission, reserved);
  admission?.ended({ cause: 'aborted', inputTokens: 0, outputTokens: 0, latencyMs: 0 });
  return reserved;
}

/** Money that is set aside only after nobody waits for it any more is given back. */
async function reserve(purse: Purse, { tier, estimate }: Intent, watch: Watch): Promise<Hold | Withheld> {
  const asked = purse.reserve(estimate(), tier.timeouts.totalMs);
  try {
    const reserved = await watch.wait(asked);
    if (!isExhausted(reserved)) return reserved;
    const { id } = reserved.budget;
    const withheld = excluded(tier, 'budget', `when its turn came, budget "${id}" had no room for it`);
    return { error: budgetError(reserved), withheld, exhausted: reserved };
  } catch (thrown) {
    const late = (reserved: Hold | Exhausted): void => {
      if (!isExhausted(reserved)) reserved.settle(0);
    };
    asked.then(late, () => {});
    const withheld = excluded(
      tier,
      'budget',
      'when its turn came, the budgets that bind the request could not be asked',
    );
    return { error: unanswered(asRouterError(thrown)), withheld };
  }
}

/** A guard that did not answer in time has not been passed, by whichever tier. */
function unanswered(error: RouterError): RouterError {
  if (error.failure !== 'total-timeout') return error;
  return new RouterError('tiers_unavailable', 'The budgets that bind this request did not answer in time.');
}

export function isWithheld(leave: Leave | Hold | Withheld): leave is Withheld {
  return 'error' in leave;
}

function leaveOf(admission: Admission | undefined, hold: Hold | undefined): Leave {
  let over = false;
  return {
    ended({ cause, usage, costUsd, latencyMs, timeToFirstTokenMs }, retryAfterMs) {
      if (over) return;
      over = true;
      hold?.settle(costUsd);
      admission?.ended({
        inputTokens: usage?.inputTokens ?? 0,
        outputTokens: usage?.outputTokens ?? 0,
        latencyMs,
        // A tier whose second answer is not its first has answered all the same: nothing for its breaker.
        ...(cause !== undefined && cause !== 'diverged' && { cause }),
        ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    },
  };
}

function notAdmitted(tier: Tier, { retryAfterMs: restsMs, full, breaker }: TierState): Withheld {
  const retryAfterMs = restsMs ?? full?.retryAfterMs;
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  const error = RouterError.failure('overloaded', `Tier "${tier.id}" takes no call now.`, options);
  if (full !== undefined) return { error, withheld: excluded(tier, full.reason, full.detail) };
  return {
    error,
    withheld:
      breaker === 'closed'
        ? excluded(tier, 'rate-limit', 'when its turn came, its limits had no room for the call')
        : excluded(tier, 'breaker-open', 'when its turn came, it rested'),
  };
}

function excluded({ id }: Tier, reason: ExclusionReason, detail: string): Exclusion {
  return { tier: id, reason, detail };
}

/** What a caller is told of a budget: how much is left in it tells of others who share it. */
export function budgetError({ budget }: Pick<Exhausted, 'budget'>): RouterError {
  return new RouterError(
    'budget_exceeded',
    `Budget "${budget.id}" has no room for this request: its limit is ${budget.limitUsd} USD a ${budget.period}.`,
  );
}
