import type { Exclusion, ExclusionReason, Features, Request } from '../../types';
import type { TierState } from '../../types-live';
import type { Tier } from '../../types-policy';

/** A tier that may be asked, and all that guards judge it by. */
export interface Candidate {
  readonly tier: Tier;
  readonly request: Request;
  readonly features: Features;
  /** Body fields that the tier's provider cannot honour. */
  readonly unsupported: readonly string[];
  readonly nowMs: number;
  /** The policy's geography. */
  readonly geography: string | undefined;
  /** What is known of the tier now; undefined: nothing speaks against it. */
  readonly state: TierState | undefined;
  /** Of a task that is dispatched by it: milliseconds to the first token. */
  readonly latencyBudgetMs?: number | undefined;
  /** Whether the person on call has switched it off. */
  readonly switchedOff: boolean;
  /** What the narrowest budget has left, and what the request would set aside on this tier; both in USD. */
  readonly affordableUsd: number | undefined;
  readonly reservedUsd: number;
}

/** Why a candidate may not be asked, or undefined where it may. The detail tells what is needed and what is offered. */
export type Guard = (candidate: Candidate) => Exclusion | undefined;

export function exclude({ tier }: Pick<Candidate, 'tier'>, reason: ExclusionReason, detail: string): Exclusion {
  return { tier: tier.id, reason, detail };
}
