import type { ErrorCode } from '../errors';
import type { Chosen, Exclusion, ExclusionReason, Refused } from '../types';

const OUT_OF_SERVICE: ReadonlySet<ExclusionReason> = new Set(['disabled', 'retired']);
const KEPT_INSIDE: ReadonlySet<ExclusionReason> = new Set(['residency', 'retention']);
const TOO_LONG: ReadonlySet<ExclusionReason> = new Set(['context-window', 'output-length']);
/** What passes by itself. */
const NOT_NOW: ReadonlySet<ExclusionReason> = new Set(['breaker-open', 'queue-full', 'rate-limit', 'latency']);
/** What the caller can mend only by sending something else. A retired tier does not come back; all else may pass. */
const LASTING: ReadonlySet<ExclusionReason> = new Set([...TOO_LONG, ...KEPT_INSIDE, 'capability', 'retired']);

function codeOf(excluded: readonly Exclusion[]): ErrorCode {
  const inService = excluded.filter(({ reason }) => !OUT_OF_SERVICE.has(reason));
  // A tier that cannot now is as good as none: what keeps the prompt from the others is then why nobody answers.
  const willStay = inService.filter(({ reason, lasting }) => lasting || !NOT_NOW.has(reason));
  if (willStay.length > 0 && willStay.every(({ reason }) => KEPT_INSIDE.has(reason))) return 'residency_unavailable';
  if (excluded.some(({ reason }) => reason === 'budget')) return 'budget_exceeded';
  if (excluded.every(({ reason }) => reason === 'key')) return 'forbidden';
  if (!excluded.every(({ reason, lasting }) => lasting || LASTING.has(reason))) return 'tiers_unavailable';
  if (inService.some(({ reason, lasting }) => lasting || TOO_LONG.has(reason))) return 'context_length_exceeded';
  return inService.some(({ reason }) => reason === 'capability') ? 'unsupported' : 'tiers_unavailable';
}

const OPENING: Readonly<Partial<Record<ErrorCode, string>>> = {
  residency_unavailable: 'No tier that this request may travel to is available',
  unsupported: 'No tier can do what this request asks for',
  context_length_exceeded: 'The request is too long for every tier it may use',
  tiers_unavailable: 'No tier can take this request now',
  budget_exceeded: 'The budget has no room for this request on any tier it may use',
  forbidden: 'The key may use none of the tiers of this task',
};

/** Why nobody may answer, in words a caller can act on: numbers and names of settings, nothing of the prompt. */
export function refusalOf(
  task: string,
  excluded: readonly Exclusion[],
  retryAfterMs: number | undefined,
): Refused['refusal'] {
  const code = codeOf(excluded);
  const tiers = excluded.map(({ tier, detail }) => `${tier}: ${detail}`).join('. ');
  const message = `${OPENING[code]} (task ${task}). ${tiers}.`;
  const passes = retryAfterMs !== undefined && PASSING.has(code);
  return passes ? { code, message, retryAfterMs } : { code, message };
}

const PASSING: ReadonlySet<ErrorCode> = new Set(['tiers_unavailable', 'residency_unavailable']);

/**
 * What becomes of a decision where budgets stop it at its first tier and let no other take its place. `tiers`: those that
 * could have been chosen. What the guards had excluded keeps its reason.
 */
export function refusedByBudgets(
  { task, route, score, dimensions, pass, policy, tier: chosen, excluded, expected }: Chosen,
  tiers: readonly string[],
  refusal: Refused['refusal'],
  detail: string,
): Refused {
  const instead = `it is not asked in place of ${chosen}, where ${detail}`;
  return {
    task,
    route,
    tier: null,
    reason: 'refused',
    score,
    dimensions,
    pass,
    ladder: [],
    excluded: tiers.map(
      (tier) =>
        excluded.find((one) => one.tier === tier) ?? {
          tier,
          reason: 'budget',
          detail: tier === chosen ? detail : instead,
        },
    ),
    refusal,
    expected: { inputTokens: expected.inputTokens, outputTokens: expected.outputTokens, costUsd: 0 },
    policy,
  };
}
