import type { TokenUsage } from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '../../../../lib/core/types';
import { tokenCount } from '../token-count';

/** `inputTokens` exclude the cache here as in `Usage`; writes without a lifetime live for five minutes. */
export function usageOfConverse(usage: TokenUsage | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const hourly = (usage.cacheDetails ?? [])
    .filter(({ ttl }) => ttl === '1h')
    .reduce((sum, { inputTokens }) => sum + tokenCount(inputTokens), 0);
  return {
    inputTokens: tokenCount(usage.inputTokens),
    outputTokens: tokenCount(usage.outputTokens),
    cacheReadTokens: tokenCount(usage.cacheReadInputTokens),
    cacheWrite5mTokens: Math.max(0, tokenCount(usage.cacheWriteInputTokens) - hourly),
    cacheWrite1hTokens: hourly,
    reasoningTokens: 0, // Converse counts reasoning within the output and does not tell it apart.
    estimated: false,
  };
}
