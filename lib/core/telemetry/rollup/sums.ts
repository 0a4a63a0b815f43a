import type { Attribution } from '../../types';
import type { Feedback } from '../../types-feedback';
import { endingOf } from '../ending';
import { isSchemaFailure } from '../schema-failure';
import { CONTROL_SUM_NAMES, controlSums } from './control-sums';

/** What is added up of records. Every member is a plain sum, so that sums of sums are sums. */
export const SUM_NAMES = [
  'requests',
  // What became of them, which `ending.ts` says: each is in one of these four.
  'answered',
  'failed',
  'refused',
  'callerFaults',
  // Of those that failed: the caller left.
  'abandoned',
  'upRoutes',
  'escalations',
  // Each step up the ladder because a check failed, where `escalations` counts requests.
  'climbs',
  'fallbacks',
  'retries',
  'attempts',
  'failedAttempts',
  'oracleFailures',
  'schemaFailures',
  // Answers that left with the verdict of a check on them, and those that it passed.
  'judged',
  'judgedPasses',
  'consultations',
  'costUsd',
  // Squares of what each call cost: how far chance alone may move a bill made of such calls.
  'costUsdSquares',
  'failedAttemptsUsd',
  'routingCostUsd',
  'frontierCostUsd',
  'savedUsd',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'latencyMs',
  // The same question asked again within minutes, counted for the request that it follows.
  'askedAgain',
  ...CONTROL_SUM_NAMES,
  // Requests of which the control sample or feedback says whether their route was right, and those where it was.
  'routesKnown',
  'routesRight',
  // Of feedback: answers with a word on them, those that were good, and what bad ones cost further down.
  'told',
  'toldGood',
  'downstreamUsd',
] as const;

export type SumName = (typeof SUM_NAMES)[number];

export type Sums = { readonly [Name in SumName]: number };

/** To be copied: a copy of what is frozen takes twenty times as long. */
const NONE = Object.fromEntries(SUM_NAMES.map((name) => [name, 0])) as unknown as Sums;

export const NO_SUMS: Sums = Object.freeze({ ...NONE });

/** Sums written before a member was thought of lack it: it counts as none. */
export function addSums(left: Sums, right: Sums): Sums {
  return combined(left, 1, right);
}

export function subtractSums(left: Sums, right: Sums): Sums {
  return combined(left, -1, right);
}

function plus(left: number | undefined, sign: 1 | -1, right: number | undefined): number {
  return (left ?? 0) + sign * (right ?? 0);
}

/** Each by its name: every record is added up a dozen times, and a loop over the names takes thirty times as long. */
function combined(left: Sums, sign: 1 | -1, right: Sums): Sums {
  return {
    requests: plus(left.requests, sign, right.requests),
    answered: plus(left.answered, sign, right.answered),
    failed: plus(left.failed, sign, right.failed),
    refused: plus(left.refused, sign, right.refused),
    callerFaults: plus(left.callerFaults, sign, right.callerFaults),
    abandoned: plus(left.abandoned, sign, right.abandoned),
    upRoutes: plus(left.upRoutes, sign, right.upRoutes),
    escalations: plus(left.escalations, sign, right.escalations),
    climbs: plus(left.climbs, sign, right.climbs),
    fallbacks: plus(left.fallbacks, sign, right.fallbacks),
    retries: plus(left.retries, sign, right.retries),
    attempts: plus(left.attempts, sign, right.attempts),
    failedAttempts: plus(left.failedAttempts, sign, right.failedAttempts),
    oracleFailures: plus(left.oracleFailures, sign, right.oracleFailures),
    schemaFailures: plus(left.schemaFailures, sign, right.schemaFailures),
    judged: plus(left.judged, sign, right.judged),
    judgedPasses: plus(left.judgedPasses, sign, right.judgedPasses),
    consultations: plus(left.consultations, sign, right.consultations),
    costUsd: plus(left.costUsd, sign, right.costUsd),
    costUsdSquares: plus(left.costUsdSquares, sign, right.costUsdSquares),
    failedAttemptsUsd: plus(left.failedAttemptsUsd, sign, right.failedAttemptsUsd),
    routingCostUsd: plus(left.routingCostUsd, sign, right.routingCostUsd),
    frontierCostUsd: plus(left.frontierCostUsd, sign, right.frontierCostUsd),
    savedUsd: plus(left.savedUsd, sign, right.savedUsd),
    inputTokens: plus(left.inputTokens, sign, right.inputTokens),
    outputTokens: plus(left.outputTokens, sign, right.outputTokens),
    cachedTokens: plus(left.cachedTokens, sign, right.cachedTokens),
    latencyMs: plus(left.latencyMs, sign, right.latencyMs),
    askedAgain: plus(left.askedAgain, sign, right.askedAgain),
    controlled: plus(left.controlled, sign, right.controlled),
    controlServedPasses: plus(left.controlServedPasses, sign, right.controlServedPasses),
    controlReferencePasses: plus(left.controlReferencePasses, sign, right.controlReferencePasses),
    controlOnlyServedPasses: plus(left.controlOnlyServedPasses, sign, right.controlOnlyServedPasses),
    controlServedUsd: plus(left.controlServedUsd, sign, right.controlServedUsd),
    controlReferenceUsd: plus(left.controlReferenceUsd, sign, right.controlReferenceUsd),
    controlledUp: plus(left.controlledUp, sign, right.controlledUp),
    controlUpServedPasses: plus(left.controlUpServedPasses, sign, right.controlUpServedPasses),
    controlUpReferencePasses: plus(left.controlUpReferencePasses, sign, right.controlUpReferencePasses),
    controlUpOnlyServedPasses: plus(left.controlUpOnlyServedPasses, sign, right.controlUpOnlyServedPasses),
    verifiedSavingUsd: plus(left.verifiedSavingUsd, sign, right.verifiedSavingUsd),
    routesKnown: plus(left.routesKnown, sign, right.routesKnown),
    routesRight: plus(left.routesRight, sign, right.routesRight),
    told: plus(left.told, sign, right.told),
    toldGood: plus(left.toldGood, sign, right.toldGood),
    downstreamUsd: plus(left.downstreamUsd, sign, right.downstreamUsd),
  };
}

/** Sums of nothing but these members. */
export function someSums(some: Partial<Sums>): Sums {
  return Object.assign({ ...NONE }, some);
}

/** One record as sums. */
export function sumsOf(record: Attribution): Sums {
  const { attempts, usage } = record;
  const failed = attempts.filter(({ outcome }) => outcome === 'failed');
  const unmet = attempts.filter(({ verdict }) => verdict?.pass === false);
  return someSums({
    requests: 1,
    ...endingSums(record),
    upRoutes: record.upRouted,
    escalations: record.escalated,
    climbs: record.escalations,
    fallbacks: record.fallbacks,
    retries: record.retries,
    attempts: attempts.length,
    failedAttempts: failed.length,
    oracleFailures: unmet.length,
    schemaFailures: attempts.filter(isSchemaFailure).length,
    ...judgedSums(record),
    consultations: record.consultations.length,
    costUsd: record.costUsd,
    costUsdSquares: total([...attempts, ...record.consultations].map(({ costUsd }) => costUsd ** 2)),
    failedAttemptsUsd: total(failed.map(({ costUsd }) => costUsd)),
    routingCostUsd: record.routingCostUsd,
    frontierCostUsd: record.frontierCostUsd,
    savedUsd: record.savedUsd ?? 0,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedTokens: usage.cacheReadTokens,
    latencyMs: record.latencyMs,
    ...controlSums(record),
  });
}

function endingSums(record: Attribution): Partial<Sums> {
  switch (endingOf(record)) {
    case 'answered':
      return { answered: 1 };
    case 'refused':
      return { refused: 1 };
    case 'caller-fault':
      return { callerFaults: 1 };
    case 'failed':
      return { failed: 1, abandoned: record.abandoned ? 1 : 0 };
  }
}

/** What the answer that left was found to be, if one did; a check that had nothing to say of it does not count. */
function judgedSums({ attempts, status, tier }: Attribution): Pick<Sums, 'judged' | 'judgedPasses'> {
  const left = status < 400 ? attempts.findLast((attempt) => attempt.tier === tier && attempt.verdict) : undefined;
  const verdict = left?.verdict;
  if (verdict === undefined || verdict.oracle === '') return { judged: 0, judgedPasses: 0 };
  return { judged: 1, judgedPasses: verdict.pass ? 1 : 0 };
}

/** Feedback as sums: good where it was accepted, or scored at least one half. */
export function sumsOfFeedback({ outcome, score, downstreamUsd, upRouted, escalated }: Feedback): Sums {
  const good = score === undefined ? outcome === 'accepted' : score >= 0.5;
  return someSums({
    told: 1,
    toldGood: good ? 1 : 0,
    downstreamUsd: downstreamUsd ?? 0,
    // Of a request that began higher nobody knows what the first tier had answered; a climb's draft had failed its check.
    routesKnown: upRouted === 1 ? 0 : 1,
    routesRight: upRouted === 0 && (good || escalated === 1) ? 1 : 0,
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
