import type { Usage } from '../types';

/** About four characters a token in English prose; used only where a tier told no usage, and the usage says so. */
export const CHARACTERS_PER_TOKEN = 4;

export function countedTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

export function estimatedUsage(inputTokens: number, outputCharacters: number): Usage {
  return {
    inputTokens,
    outputTokens: countedTokens(outputCharacters),
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
