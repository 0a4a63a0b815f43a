import { shortPercent } from '../../figures';
import type { Exclusion } from '../../types';
import { type Candidate, exclude } from './candidate';

/**
 * The one guard that looks at the other tiers: a prompt that nearly fills a window goes where there is more room, as long
 * as there is such a place (`roomier`). Where there is none, the prompt and its answer must fit, and that is all.
 */
export function contextWindow(candidate: Candidate, roomier: boolean, fraction: number): Exclusion | undefined {
  const { contextWindow: window } = candidate.tier;
  const { inputTokens, reservedOutputTokens } = candidate.features;
  const bound = roomier ? window * fraction : window - reservedOutputTokens;
  if (inputTokens <= bound) return undefined;
  const offered = roomier
    ? `${Math.floor(bound)}, ${shortPercent(fraction, 0)} of its window of ${window}, while a roomier tier is eligible`
    : `${Math.max(0, bound)}: its window of ${window} less ${reservedOutputTokens} for the answer`;
  return exclude(candidate, 'context-window', `the prompt is about ${inputTokens} tokens; it takes ${offered}`);
}
