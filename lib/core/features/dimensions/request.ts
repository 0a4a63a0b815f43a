import { clamped, logarithmic, NEITHER, saturating } from './scale';
import type { Signals, Standing } from './signals';

/** Shorter prefixes are not cached: 1,024 tokens is the least at OpenAI and for most Anthropic models. */
const CACHEABLE_TOKENS = 1024;

export function promptLength({ inputTokens }: Signals): number {
  return logarithmic(inputTokens, 50, 32_000);
}

export function outputLength({ expectedOutputTokens }: Signals): number {
  return logarithmic(expectedOutputTokens, 10, 4000);
}

/** Earlier turns to keep in mind. */
export function conversationDepth({ userTurns }: Signals): number {
  return saturating(Math.max(0, userTurns - 1), 4);
}

/** Share of the prompt that has probably been sent before, where it is long enough to be cached. */
export function cacheHit({ prefixTokens, inputTokens }: Signals): number {
  return prefixTokens < CACHEABLE_TOKENS ? 0 : clamped((10 * prefixTokens) / Math.max(1, inputTokens));
}

/** 0 for a budget no large model keeps, 10 for one that every model keeps. */
export function latencyBudget({ latencyBudgetMs }: Signals): number {
  return latencyBudgetMs === undefined ? NEITHER : logarithmic(latencyBudgetMs, 200, 10_000);
}

export function userTier({ userTier: name }: Signals, { userTiers }: Standing): number {
  const position = name === undefined ? -1 : userTiers.indexOf(name);
  return position === -1 || userTiers.length < 2 ? NEITHER : (10 * position) / (userTiers.length - 1);
}

const REGULATED_RESIDENCY = { vpc: 4, region: 3, geography: 2, any: 0 } as const;

/** A regulated task counts in full; else words of regulation and limits on where prompts go and stay. */
export function regulatory(signals: Signals, standing: Standing): number {
  if (standing.regulatory) return 10;
  const limits = REGULATED_RESIDENCY[signals.residency] + (signals.maxRetentionDays === undefined ? 0 : 1);
  return clamped(limits + saturating(signals.reading.counts.regulatory, 3));
}
