import { priceUsage } from '../../attribution/price';
import type { Price, Tier } from '../../types-policy';
import type { Tokens } from './scenario';

/** USD for one call of this size, by the same rule as the records of served requests. */
export function callUsd(price: Price, { input, output }: Tokens, cacheShare = 0): number {
  const cacheReadTokens = input * cacheShare;
  const usage = {
    inputTokens: input - cacheReadTokens,
    outputTokens: output,
    cacheReadTokens,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
  // Of the tier only its prices are read, and of these there is one.
  return priceUsage({ prices: [price] as readonly Price[] } as Tier, usage, 0);
}
