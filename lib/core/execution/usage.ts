import type { Usage } from '../types';

/** About four characters a token in English prose; used only where a tier told no usage, and the usage says so. */
export const CHARACTERS_PER_TOKEN = 4;

export function estimatedUsage(inputTokens: number, outputCharacters: number): Usage {
  return {
    inputTokens,
    outputTokens: Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN),
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
