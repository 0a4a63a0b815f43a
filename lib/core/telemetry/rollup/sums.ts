import type { Attribution } from '../../types';
import type { Feedback } from '../../types-feedback';
import { CONTROL_SUM_NAMES, controlSums } from './control-sums';

/** What is added up of records. Every member is a plain sum, so that sums of sums are sums. */
export const SUM_NAMES = [
  'requests',
  'answered',
  'failed',
  'refused',
  'upRoutes',
  'escalations',
  // Put where they began by a pin, an override or a raise, and so neither up-routes nor escalations, whatever they were.
  'placed',
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

export const NO_SUMS: Sums = Object.freeze(Object.fromEntries(SUM_NAMES.map((name) => [name, 0]))) as unknown as Sums;

/** Sums written before a member was thought of lack it: it counts as none. */
export function addSums(left: Sums, right: Sums): Sums {
  return combined(left, right, 1);
}

export function subtractSums(left: Sums, right: Sums): Sums {
  return combined(left, right, -1);
}

function combined(left: Sums, right: Sums, sign: 1 | -1): Sums {
  // Of the shape that all sums have: an object that grows member by member takes several times as long.
  const sums: Record<SumName, number> = Object.assign({}, NO_SUMS);
  for (const name of SUM_NAMES) sums[name] = (left[name] ?? 0) + sign * (right[name] ?? 0);
  return sums;
}

/** Names of the oracles that hold an answer against a schema: the task's own, and those of the tools it calls. */
const SCHEMA_ORACLES: ReadonlySet<string> = new Set(['json-schema', 'tools']);

/** Sums of nothing but these members. */
export function someSums(some: Partial<Sums>): Sums {
  return Object.assign({}, NO_SUMS, some);
}

/** One record as sums. */
export function sumsOf(record: Attribution): Sums {
  const { attempts, usage } = record;
  const failed = attempts.filter(({ outcome }) => outcome === 'failed');
  const unmet = attempts.filter(({ verdict }) => verdict?.pass === false);
  return someSums({
    requests: 1,
    answered: record.status < 400 && record.error === undefined ? 1 : 0,
    failed: record.status >= 500 || (record.error !== undefined && record.status < 400) ? 1 : 0,
    refused: record.decision.tier === null ? 1 : 0,
    upRoutes: record.upRouted,
    escalations: record.escalated,
    placed: isPlaced(record) ? 1 : 0,
    climbs: record.escalations,
    fallbacks: record.fallbacks,
    retries: record.retries,
    attempts: attempts.length,
    failedAttempts: failed.length,
    oracleFailures: unmet.length,
    schemaFailures: unmet.filter(({ verdict }) => SCHEMA_ORACLES.has(verdict?.oracle ?? '')).length,
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

/** A caller, the person on call or the watch said where it begins. */
function isPlaced({ decision, upRouted, escalated }: Attribution): boolean {
  if (decision.tier === null || upRouted + escalated > 0) return false;
  return decision.reason === 'pinned' || decision.reason === 'override' || decision.raised !== undefined;
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
