import { promptTokens } from '../prompt-tokens';
import type { Usage } from '../types';
import type { ChatUsage } from '../types-chat';

/** Usage in the words of Chat Completions, where the prompt includes what came from a cache or went into one. */
export function chatUsageOf(usage: Usage): ChatUsage {
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const prompt = promptTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_creation_tokens: written },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
