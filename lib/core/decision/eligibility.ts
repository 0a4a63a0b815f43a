import type { Circumstances, Exclusion, Features, Request } from '../types';
import type { Policy, Tier } from '../types-policy';
import type { Candidate } from './guards/candidate';
import { contextWindow } from './guards/context-window';
import { GUARDS } from './guards/registry';

export interface Eligibility {
  /** In the order they were given. */
  readonly eligible: readonly Tier[];
  readonly excluded: readonly Exclusion[];
}

const HONOURS_ALL: readonly string[] = [];

function excludedBy(candidate: Candidate): Exclusion | undefined {
  for (const guard of GUARDS) {
    const exclusion = guard(candidate);
    if (exclusion) return exclusion;
  }
  return undefined;
}

/**
 * Applies every guard to every tier; one is eligible only if none excludes it. First each tier is judged by itself, then
 * those that are left by their context windows, for there it matters which others are left.
 */
export function judge(
  policy: Policy,
  tiers: readonly Tier[],
  request: Request,
  features: Features,
  { nowMs, unsupported }: Circumstances,
): Eligibility {
  const judged = tiers.map((tier) => {
    const fields = Object.hasOwn(unsupported, tier.id) ? unsupported[tier.id] : undefined;
    const candidate: Candidate = {
      tier,
      request,
      features,
      unsupported: fields ?? HONOURS_ALL,
      nowMs,
      geography: policy.geography,
    };
    return { candidate, exclusion: excludedBy(candidate) };
  });
  let largestWindow = 0;
  for (const { candidate, exclusion } of judged) {
    if (!exclusion) largestWindow = Math.max(largestWindow, candidate.tier.contextWindow);
  }

  const eligible: Tier[] = [];
  const excluded: Exclusion[] = [];
  for (const { candidate, exclusion } of judged) {
    const roomier = candidate.tier.contextWindow < largestWindow;
    const final = exclusion ?? contextWindow(candidate, roomier, policy.guards.contextFraction);
    if (final) excluded.push(final);
    else eligible.push(candidate.tier);
  }
  return { eligible, excluded };
}
