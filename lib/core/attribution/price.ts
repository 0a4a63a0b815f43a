import { priceInForce } from '../price-in-force';
import { promptTokens } from '../prompt-tokens';
import type { Usage } from '../types';
import type { Policy, Tier, TokenPrice } from '../types-policy';

/** Prices are in USD for so many tokens. */
const TOKENS_PER_PRICE = 1_000_000;
const SECONDS_PER_HOUR = 3600;

/** USD for the tokens of one call, at the tier's price of the day. */
export function priceUsage(tier: Tier, usage: Usage, atMs: number): number {
  const price = priceInForce(tier, atMs);
  return price.kind === 'tokens' ? priceTokens(price, usage) : price.uplift * gpuUsd(price, usage);
}

/**
 * USD a call of this size books; `cachedTokens` are those of the input that the tier reads from its cache. Records and
 * budgets reckon beforehand with none.
 */
export function estimateCost(
  tier: Tier,
  inputTokens: number,
  outputTokens: number,
  atMs: number,
  cachedTokens = 0,
): number {
  return priceUsage(tier, estimated(inputTokens, outputTokens, cachedTokens), atMs);
}

/** USD a decision reckons with: a GPU tier by the hour costs nothing more for one call while it is warm. */
export function estimateDecisionCost(
  tier: Tier,
  inputTokens: number,
  outputTokens: number,
  atMs: number,
  cachedTokens = 0,
): number {
  return priceInForce(tier, atMs).kind === 'gpu'
    ? 0
    : estimateCost(tier, inputTokens, outputTokens, atMs, cachedTokens);
}

/** USD the same tokens had cost at the frontier's price of the day, the whole prompt as plain input. */
export function frontierCost(policy: Policy, usage: Usage, atMs: number): number {
  const frontier = policy.tiers[policy.frontier];
  return frontier === undefined ? 0 : estimateCost(frontier, promptTokens(usage), usage.outputTokens, atMs);
}

/** USD that the tier which answered had charged, at its input price, for what it was not sent; undefined for nothing. */
export function strippedUsd(
  { tiers }: Policy,
  tier: string | null,
  strippedTokens: number,
  atMs: number,
): number | undefined {
  const answering = tier === null || strippedTokens === 0 ? undefined : tiers[tier];
  return answering && estimateCost(answering, strippedTokens, 0, atMs);
}

/** A host's cache prices are multiples of its input price, and those of a long prompt are the same multiples of the long one. */
function priceTokens(price: TokenPrice, usage: Usage): number {
  const long = price.longPrompt;
  const { input, output } = long !== undefined && promptTokens(usage) > long.above ? long : price;
  // Nothing is no multiple of nothing: beside an input that is free, cache prices stay as they are.
  const cacheFactor = price.input > 0 ? input / price.input : 1;
  const sum =
    usage.inputTokens * input +
    usage.cacheReadTokens * cachePrice(price.cacheRead, cacheFactor, input) +
    usage.cacheWrite5mTokens * cachePrice(price.cacheWrite5m, cacheFactor, input) +
    usage.cacheWrite1hTokens * cachePrice(price.cacheWrite1h, cacheFactor, input) +
    usage.outputTokens * output;
  return (price.uplift * sum) / TOKENS_PER_PRICE;
}

function cachePrice(price: number | undefined, factor: number, input: number): number {
  return price === undefined ? input : price * factor;
}

/**
 * Cached tokens count like any other: `tokensPerSecond` is measured over whole prompts, and a server tells of its prefix
 * cache only when asked to, so a price that left them out would turn on how the server was started.
 */
function gpuUsd(price: { readonly hourly: number; readonly tokensPerSecond: number }, usage: Usage): number {
  const seconds = (promptTokens(usage) + usage.outputTokens) / price.tokensPerSecond;
  return (price.hourly / SECONDS_PER_HOUR) * seconds;
}

function estimated(inputTokens: number, outputTokens: number, cachedTokens: number): Usage {
  return {
    inputTokens: inputTokens - cachedTokens,
    outputTokens,
    cacheReadTokens: cachedTokens,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
