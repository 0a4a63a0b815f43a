import type { Circumstances, Exclusion, Features, Request } from '../types';
import type { Policy, Task, Tier } from '../types-policy';
import type { Candidate, Guard } from './guards/candidate';
import { contextWindow } from './guards/context-window';
import { isInTime, slowness } from './guards/latency';
import { GUARDS, LASTING_GUARDS } from './guards/registry';

export interface Eligibility {
  /** In the order they were given. */
  readonly eligible: readonly Tier[];
  readonly excluded: readonly Exclusion[];
}

const HONOURS_ALL: readonly string[] = [];

/** What the request would set aside for a call to a tier, in USD. */
export type ReserveEstimate = (tier: Tier) => number;

function excludedBy(candidate: Candidate, guards: readonly Guard[]): Exclusion | undefined {
  for (const guard of guards) {
    const exclusion = guard(candidate);
    if (exclusion) return exclusion;
  }
  return undefined;
}

/**
 * Applies every guard to every tier; one is eligible only if none excludes it. First each tier is judged by itself, then
 * those that are left by their context windows and by how soon they would answer, for there it matters which others are
 * left.
 */
export function judge(
  policy: Policy,
  tiers: readonly Tier[],
  request: Request,
  features: Features,
  circumstances: Circumstances,
  reservedUsd: ReserveEstimate,
): Eligibility {
  const judged = tiers.map((tier) => {
    const candidate = candidateOf(policy, tier, request, features, circumstances, reservedUsd);
    return { candidate, exclusion: excludedBy(candidate, GUARDS) };
  });
  let largestWindow = 0;
  for (const { candidate, exclusion } of judged) {
    if (!exclusion) largestWindow = Math.max(largestWindow, candidate.tier.contextWindow);
  }

  let another = false;
  for (const judgement of judged) {
    const { candidate } = judgement;
    const roomier = candidate.tier.contextWindow < largestWindow;
    judgement.exclusion ??= contextWindow(candidate, roomier, policy.guards.contextFraction);
    another ||= !judgement.exclusion && isInTime(candidate);
  }

  const eligible: Tier[] = [];
  const excluded: Exclusion[] = [];
  for (const { candidate, exclusion } of judged) {
    const final = exclusion ?? slowness(candidate, another);
    if (final) excluded.push(final);
    else eligible.push(candidate.tier);
  }
  return { eligible, excluded };
}

/** Tiers that a check may consult: the prompt may go there, whatever they can do and however they fare. */
export function judgeAdvisers(
  policy: Policy,
  tiers: readonly Tier[],
  request: Request,
  features: Features,
  circumstances: Circumstances,
): readonly string[] {
  const fit = tiers.filter((tier) => {
    const candidate = candidateOf(policy, tier, request, features, circumstances, () => 0);
    return excludedBy(candidate, LASTING_GUARDS) === undefined;
  });
  return fit.map(({ id }) => id);
}

function candidateOf(
  policy: Policy,
  tier: Tier,
  request: Request,
  features: Features,
  { nowMs, unsupported, states, switchedOff, affordableUsd }: Circumstances,
  reservedUsd: ReserveEstimate,
): Candidate {
  return {
    tier,
    request,
    features,
    unsupported: own(unsupported, tier.id) ?? HONOURS_ALL,
    nowMs,
    geography: policy.geography,
    latencyBudgetMs: latencyBudgetOf(own(policy.tasks, features.task) ?? policy.tasks[policy.defaultTask], features),
    state: states && own(states, tier.id),
    switchedOff: switchedOff !== undefined && Object.hasOwn(switchedOff, tier.id),
    affordableUsd,
    reservedUsd: affordableUsd === undefined ? 0 : reservedUsd(tier),
  };
}

/** Milliseconds to the first token that a tier must be expected to keep; undefined where the task is not dispatched by it. */
export function latencyBudgetOf(task: Task | undefined, { latencyBudgetMs }: Features): number | undefined {
  return task?.route === 'dispatch' ? latencyBudgetMs : undefined;
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
