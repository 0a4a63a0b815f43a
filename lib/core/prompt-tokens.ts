import type { Usage } from './types';

/** The whole prompt, what a cache kept or took of it included. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
}
