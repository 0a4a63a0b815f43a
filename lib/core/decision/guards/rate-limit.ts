import { exclude, type Guard } from './candidate';

/** A call that alone is more than a tier takes in a minute is never let through to it, however long it waits. */
export const rateLimit: Guard = (candidate) => {
  const { tokensPerMinute } = candidate.tier;
  const { inputTokens, expectedOutputTokens } = candidate.features;
  const tokens = inputTokens + expectedOutputTokens;
  if (tokensPerMinute === undefined || tokens <= tokensPerMinute) return undefined;
  const detail = `the call is about ${tokens} tokens, and no more than ${tokensPerMinute} a minute may be sent to it, so it can never take it`;
  return Object.assign(exclude(candidate, 'rate-limit', detail), { lasting: true } as const);
};
