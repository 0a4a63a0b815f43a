import type { Usage } from '../../../../lib/core/types';
import type { ChatUsage } from '../../../../lib/core/types-chat';
import { tokenCount } from '../token-count';

/** Usage in the wire's words as tokens by price; undefined where the host told nothing. */
export function usageOfChat(usage: ChatUsage | null | undefined): Usage | undefined {
  if (typeof usage?.prompt_tokens !== 'number' && typeof usage?.completion_tokens !== 'number') return undefined;
  const prompt = tokenCount(usage.prompt_tokens);
  const completion = tokenCount(usage.completion_tokens);
  const cacheReadTokens = tokenCount(usage.prompt_tokens_details?.cached_tokens);
  const cacheWrite5mTokens = tokenCount(usage.prompt_tokens_details?.cache_creation_tokens);
  const reasoningTokens = tokenCount(usage.completion_tokens_details?.reasoning_tokens);
  // Some hosts (xAI) count reasoning beside the completion; their own total gives it away.
  const beside = reasoningTokens > 0 && tokenCount(usage.total_tokens) === prompt + completion + reasoningTokens;
  return {
    inputTokens: Math.max(0, prompt - cacheReadTokens - cacheWrite5mTokens),
    outputTokens: beside ? completion + reasoningTokens : completion,
    cacheReadTokens,
    cacheWrite5mTokens,
    cacheWrite1hTokens: 0,
    reasoningTokens,
    estimated: false,
  };
}
