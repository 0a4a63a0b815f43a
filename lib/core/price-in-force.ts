import type { Price } from './types-policy';

/** The latest price that is in force at `atMs`; before the first date, the earliest. A date begins at midnight UTC. */
export function priceInForce({ prices }: { readonly prices: readonly Price[] }, atMs: number): Price {
  for (let index = prices.length - 1; index > 0; index -= 1) {
    const price = prices[index] as Price;
    // A bare date parses as midnight UTC.
    if (price.effectiveFrom === undefined || Date.parse(price.effectiveFrom) <= atMs) return price;
  }
  return prices[0] as Price;
}
