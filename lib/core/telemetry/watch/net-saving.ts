import type { Policy } from '../../types-policy';
import type { Rollup } from '../rollup/rollup';
import type { Sums } from '../rollup/sums';
import { gpuIdleUsd, type Stretch } from './gpu-idle';
import type { OwnPrices } from './nouns';

/** What routing saved, and what was subtracted. All in USD. */
export interface NetSaving {
  /** The counterfactual: every answer that left, at the frontier's price of its day. */
  readonly frontierUsd: number;
  /** Calls to tiers that gave an answer, drafts that a check rejected among them. */
  readonly tiersUsd: number;
  /** Calls to tiers that failed and were billed all the same. */
  readonly failedAttemptsUsd: number;
  /** Classifier, judge, samples, shadow and control. */
  readonly routingUsd: number;
  readonly gpuIdleUsd: number;
  /** The router's own parts. */
  readonly ownUsd: number;
  /** The first less all the others. */
  readonly netUsd: number;
  /** Of pairs of the control sample whose answer passed: what the higher tier's answer really cost, less all they cost. */
  readonly verifiedUsd: number;
  /** Apart, as routing did not save it: kept answers and stripped context. */
  readonly cachedUsd: number;
  /** Apart: what feedback says that wrong answers cost further down. */
  readonly downstreamUsd: number;
}

/** Of a task or any other part of the traffic: GPU idle and the router's own bill are nobody's share. */
export function partSaving(sums: Sums): NetSaving {
  return savingOf(sums, 0, 0);
}

/** Of the router as a whole. What is verified bears idle GPUs and the own bill by its share of the requests. */
export function netSaving(rollup: Rollup, policy: Policy, own: OwnPrices, stretch: Stretch): NetSaving {
  const idle = Object.values(gpuIdleUsd(rollup, policy, stretch)).reduce((sum, usd) => sum + usd, 0);
  return savingOf(rollup.total, idle, ownBillUsd(rollup.total, own, stretch.hours));
}

export function ownBillUsd({ requests, latencyMs }: Sums, prices: OwnPrices, hours: number): number {
  return requests * prices.perRequestUsd + (latencyMs / 1000) * prices.perSecondUsd + hours * prices.perHourUsd;
}

function savingOf(sums: Sums, idleUsd: number, ownUsd: number): NetSaving {
  const { frontierCostUsd, costUsd, routingCostUsd, failedAttemptsUsd, requests, controlled } = sums;
  const share = requests > 0 ? controlled / requests : 0;
  return {
    frontierUsd: frontierCostUsd,
    tiersUsd: costUsd - failedAttemptsUsd,
    failedAttemptsUsd,
    routingUsd: routingCostUsd,
    gpuIdleUsd: idleUsd,
    ownUsd,
    netUsd: frontierCostUsd - costUsd - routingCostUsd - idleUsd - ownUsd,
    verifiedUsd: sums.verifiedSavingUsd - share * (idleUsd + ownUsd),
    cachedUsd: sums.savedUsd,
    downstreamUsd: sums.downstreamUsd,
  };
}
