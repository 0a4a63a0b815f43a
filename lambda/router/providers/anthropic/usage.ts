import type { Usage } from '../../../../lib/core/types';
import { tokenCount } from '../token-count';
import type { MessageUsage } from './wire';

/** `input_tokens` exclude the cache here as in `Usage`; a host that does not tell cache lifetimes means five minutes. */
export function usageOfMessage(usage: MessageUsage | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number' && typeof usage?.output_tokens !== 'number') return undefined;
  const hourly = tokenCount(usage.cache_creation?.ephemeral_1h_input_tokens);
  const written = tokenCount(usage.cache_creation_input_tokens);
  return {
    inputTokens: tokenCount(usage.input_tokens),
    outputTokens: tokenCount(usage.output_tokens),
    cacheReadTokens: tokenCount(usage.cache_read_input_tokens),
    cacheWrite5mTokens: Math.max(0, written - hourly) || tokenCount(usage.cache_creation?.ephemeral_5m_input_tokens),
    cacheWrite1hTokens: hourly,
    reasoningTokens: tokenCount(usage.output_tokens_details?.thinking_tokens),
    estimated: false,
  };
}
