import type { Price, Tier } from '../types-policy';

/** The tier with the highest output price, the first of several; what savings are counted against by default. */
export function highestOutputPrice(tiers: readonly Tier[]): string {
  let highest = tiers[0];
  for (const tier of tiers) {
    if (highest === undefined || outputPrice(tier) > outputPrice(highest)) highest = tier;
  }
  return highest?.id ?? '';
}

/** USD per million output tokens, by the undated or earliest price: which tier is the frontier must not turn by the day. */
function outputPrice({ prices }: Tier): number {
  const price = prices[0];
  return price === undefined ? 0 : price.uplift * perMillion(price);
}

function perMillion(price: Price): number {
  if (price.kind === 'tokens') return price.output;
  return (price.hourly / 3600 / price.tokensPerSecond) * 1_000_000;
}
