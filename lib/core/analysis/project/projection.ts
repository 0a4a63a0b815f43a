/** The nouns of a finished projection: what `tierwise project --json` prints. Amounts are USD for a month. */

import type { Assumptions } from './assumptions';
import type { Sums } from './bill';
import type { CascadeVerdict } from './cascades';
import type { Formula } from './classes';
import type { Fleet } from './fleet';
import type { Saving } from './formulas';
import type { InfrastructureLine } from './infrastructure';
import type { Purpose } from './ledger';
import type { Option, Recommendation } from './options';
import type { Rates } from './rates';
import type { Advice, Stage } from './recommend';
import type { RoutedAs } from './scenario';

export interface TierBill extends Sums {
  readonly model: string;
  readonly kind: 'rented' | 'gpu';
  /** Of all requests: those whose answer it gave. */
  readonly share: number;
  /** Of `usd`: what its GPUs cost while nothing was asked of them. */
  readonly idleUsd: number;
}

export interface TaskBill extends Sums {
  readonly share: number;
  /** Share of its requests that paid for an answer that failed its check, and what those answers cost. */
  readonly escalationShare: number;
  readonly escalationUsd: number;
  /** USD for one request. */
  readonly usdPerRequest: number;
  readonly tiers: Readonly<Record<string, Sums>>;
}

export interface GpuBill {
  readonly hours: number;
  readonly idleShare: number;
  readonly usd: number;
  readonly perTier: Readonly<Record<string, Fleet>>;
}

/** What a GPU would have to serve to be cheaper than the cheapest rented tier. */
export interface SelfHosting {
  readonly tier: string;
  readonly usdPerMillion: number;
  /** Tokens a second over the month, all tasks together. */
  readonly tokensPerSecond: number;
  readonly instances: readonly {
    readonly instance: string;
    readonly hourlyUsd: number;
    readonly monthUsd: number;
    readonly breakEvenTokensPerSecond: number;
  }[];
}

export interface SensitivityRow {
  readonly name: string;
  readonly meaning: string;
  readonly monthlyUsd: number;
  readonly allFrontierUsd: number;
  readonly saving: Saving;
  readonly recommendation: Recommendation;
  readonly feasible: boolean;
}

export interface Projection extends Pick<Advice, 'recommendation' | 'feasible' | 'why' | 'ruleOfThumb'> {
  readonly schema: 1;
  readonly policy: { readonly id: string; readonly version: string };
  /** Whose routing it is: the policy's own, or in part that of the policy that was profiled, as the notes say. */
  readonly routedAs: RoutedAs;
  /** Requests in the month. */
  readonly volume: number;
  readonly perTier: Readonly<Record<string, TierBill>>;
  readonly perTask: Readonly<Record<string, TaskBill>>;
  /** Calls and what they cost by what they were made for; `idle` are GPUs. */
  readonly perPurpose: Readonly<Record<Purpose, Sums>>;
  /** Everything: tiers, the router's own parts and hidden costs. */
  readonly monthlyUsd: number;
  readonly tiersUsd: number;
  readonly infrastructureUsd: number;
  readonly infrastructure: readonly InfrastructureLine[];
  /** By the names the user gave. */
  readonly hiddenCosts: Readonly<Record<string, number>>;
  /** The same tokens on one tier, without router, retries or caches. */
  readonly frontier: string;
  readonly allFrontierUsd: number;
  readonly cheapest: string;
  readonly allCheapestUsd: number;
  /** Against the frontier alone, everything counted. */
  readonly saving: Saving;
  /** Part of the saving that caches bring and that needs no routing. */
  readonly cachingUsd: number;
  readonly formula: Formula;
  readonly cascades: Readonly<Record<string, CascadeVerdict>>;
  readonly gpu: GpuBill;
  /** Null where no rented tier stands in a ladder. */
  readonly selfHosting: SelfHosting | null;
  /** Null where no number of requests would do. */
  readonly breakEvenRequests: number | null;
  /** What building costs against what is saved a month, upkeep and caches taken off; null where it never pays. */
  readonly payBackMonths: number | null;
  readonly people: {
    readonly engineers: number;
    readonly buildUsd: number;
    readonly upkeepUsd: number;
  };
  /** Share of the revenue left with the frontier alone, and with routing; null where no revenue was given. */
  readonly margin: { readonly allFrontier: number; readonly routed: number } | null;
  readonly stage: Stage;
  readonly options: readonly Option[];
  readonly sensitivity: readonly SensitivityRow[];
  /** Share of a day's requests in each hour (UTC). */
  readonly hourly: readonly number[];
  readonly assumptions: Assumptions;
  readonly rates: Rates;
  readonly notes: readonly string[];
}
