import type { Sums } from '../../telemetry/rollup/sums';
import { escalationDeviation } from '../../telemetry/watch/escalation';
import { type NetSaving, partSaving } from '../../telemetry/watch/net-saving';
import { type QualityDelta, qualityOf } from '../../telemetry/watch/quality';
import { retryAmplification, routingAccuracy, routingCostShare } from '../../telemetry/watch/routing-figures';
import type { Baseline } from '../../types-policy';

/** A share of so many. */
export interface Rate {
  readonly n: number;
  readonly rate: number;
}

/** What is known of the answers; null where nobody has told or compared any. */
export interface QualityFigures {
  /** Answers of the control sample that pass the task's checks. Drawn at random, so they speak for all. */
  readonly control: Rate | null;
  /** Answers that callers were content with, of those they said anything of. */
  readonly feedback: Rate | null;
  /** Served less reference, of answers by the first tier and of those from higher up. */
  readonly first: QualityDelta | null;
  readonly up: QualityDelta | null;
  /** Requests whose route was right, of those where an outcome tells. */
  readonly routing: Rate | null;
}

/** What the published baseline says of the same; null where it says nothing. */
export interface BaselineFigures {
  readonly escalationRate: number | null;
  /** Of the rate seen, relative to the baseline's. */
  readonly escalationDeviation: number | null;
  readonly passRate: number | null;
  readonly costPerRequestUsd: number | null;
}

/** One row of a report, and its total. Rates are null where there are no requests to have one. */
export interface Figures {
  readonly requests: number;
  /** Of all requests of the report. */
  readonly requestShare: number;
  /** What became of the requests: each is in one of these four, which `telemetry/ending.ts` tells apart. */
  readonly answered: number;
  readonly failed: number;
  readonly refused: number;
  readonly callerFaults: number;
  /** Of those that failed: the caller left. */
  readonly abandoned: number;
  /** Attempts and the routing's own calls together. */
  readonly costUsd: number;
  readonly costShare: number;
  readonly costPerRequestUsd: number | null;
  readonly escalationRate: number | null;
  /** Began above the ladder's first tier by decision; climbed because a check failed. */
  readonly upRouteRate: number | null;
  readonly climbRate: number | null;
  readonly fallbacks: number;
  readonly retries: number;
  /** Calls and questions asked again, for each request. */
  readonly retryAmplification: number | null;
  readonly failedAttempts: number;
  readonly failedAttemptsUsd: number;
  readonly oracleFailures: number;
  readonly schemaFailures: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly meanLatencyMs: number | null;
  readonly routingCostShare: number | null;
  readonly saving: NetSaving;
  readonly quality: QualityFigures;
  readonly baseline: BaselineFigures | null;
}

/** `saving` is the row's own, where more than its sums counts. */
export function figuresOf(
  sums: Sums,
  total: Sums,
  {
    saving = partSaving(sums),
    baseline,
  }: { readonly saving?: NetSaving; readonly baseline?: Baseline | undefined } = {},
): Figures {
  const { requests, upRoutes, escalations } = sums;
  const costUsd = billedUsd(sums);
  const each = (amount: number): number | null => (requests > 0 ? amount / requests : null);
  const escalationRate = each(upRoutes + escalations);
  return {
    requests,
    requestShare: shareOf(requests, total.requests),
    answered: sums.answered,
    failed: sums.failed,
    refused: sums.refused,
    callerFaults: sums.callerFaults,
    abandoned: sums.abandoned,
    costUsd,
    costShare: shareOf(costUsd, billedUsd(total)),
    costPerRequestUsd: each(costUsd),
    escalationRate,
    upRouteRate: each(upRoutes),
    climbRate: each(escalations),
    fallbacks: sums.fallbacks,
    retries: sums.retries,
    retryAmplification: retryAmplification(sums) ?? null,
    failedAttempts: sums.failedAttempts,
    failedAttemptsUsd: sums.failedAttemptsUsd,
    oracleFailures: sums.oracleFailures,
    schemaFailures: sums.schemaFailures,
    inputTokens: sums.inputTokens,
    outputTokens: sums.outputTokens,
    cachedTokens: sums.cachedTokens,
    meanLatencyMs: each(sums.latencyMs),
    routingCostShare: routingCostShare(sums) ?? null,
    saving,
    quality: qualityFigures(sums),
    baseline: baseline === undefined ? null : baselineFigures(baseline, escalationRate),
  };
}

/** What a caller was told that his requests cost, added up. */
export function billedUsd({ costUsd, routingCostUsd }: Pick<Sums, 'costUsd' | 'routingCostUsd'>): number {
  return costUsd + routingCostUsd;
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function qualityFigures(sums: Sums): QualityFigures {
  const { first, up } = qualityOf(sums);
  const right = routingAccuracy(sums);
  return {
    control: rateOf(sums.controlServedPasses, sums.controlled),
    feedback: rateOf(sums.toldGood, sums.told),
    first: first ?? null,
    up: up ?? null,
    routing: right === undefined ? null : { n: sums.routesKnown, rate: right },
  };
}

/** A word that takes the place of one from before the period counts backwards in it: no share leaves 0 to 1. */
function rateOf(events: number, n: number): Rate | null {
  return n > 0 ? { n, rate: Math.min(1, Math.max(0, events / n)) } : null;
}

function baselineFigures({ escalationRate, passRate, costUsd }: Baseline, seen: number | null): BaselineFigures | null {
  if (escalationRate === undefined && passRate === undefined && costUsd === undefined) return null;
  return {
    escalationRate: escalationRate ?? null,
    escalationDeviation:
      escalationRate === undefined || seen === null ? null : escalationDeviation(seen, escalationRate),
    passRate: passRate ?? null,
    costPerRequestUsd: costUsd ?? null,
  };
}
