import type { Features, Request } from '../types';
import type { Estimate, Prefix } from '../types-live';
import type { Policy, Tier } from '../types-policy';
import { estimateCost, priceUsage } from './price';

/** No token is shorter than a byte, and a chat template adds a few to each message. */
const TEMPLATE_TOKENS_PER_MESSAGE = 16;
/** Above what any host counts for one image, whatever its bytes. */
const MOST_IMAGE_TOKENS = 20_000;

const NO_BEGINNING: Prefix = { text: '', tokens: 0 };

/**
 * What a call to the tier may cost, to be set aside before it is made. Expected: the estimated prompt and the least of the
 * caller's limit, the expected answer and the tier's limit. Worst: a prompt of as many tokens as what is sent has bytes,
 * at the dearest way a prompt can be booked, and as many output tokens as caller and tier allow.
 */
export function estimateReserve(
  tier: Tier,
  policy: Policy,
  request: Request,
  features: Features,
  nowMs: number,
  beginning: Prefix = NO_BEGINNING,
): Estimate {
  const limit = Math.min(request.maxOutputTokens ?? Number.POSITIVE_INFINITY, outputLimit(tier));
  const expected = Math.min(features.expectedOutputTokens, limit);
  const prompt = longestPrompt(request, policy, features.task, tier);
  return {
    expectedUsd: estimateCost(tier, features.inputTokens + beginning.tokens, expected * request.choices, nowMs),
    worstUsd: worstUsd(tier, prompt + bytesOf(beginning.text), limit * request.choices, nowMs),
  };
}

function outputLimit({ maxOutputTokens, contextWindow }: Tier): number {
  return maxOutputTokens ?? contextWindow;
}

function worstUsd(tier: Tier, inputTokens: number, outputTokens: number, nowMs: number): number {
  const none = { inputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
  const rest = { outputTokens, reasoningTokens: 0, estimated: true };
  const ways = [
    { ...none, inputTokens },
    { ...none, cacheWrite5mTokens: inputTokens },
    { ...none, cacheWrite1hTokens: inputTokens },
  ];
  return Math.max(...ways.map((prompt) => priceUsage(tier, { ...prompt, ...rest }, nowMs)));
}

/** In tokens: what the caller sent, and what the task puts before it or hands on of a rejected draft. */
function longestPrompt({ body, choices }: Request, policy: Policy, taskId: string, tier: Tier): number {
  const { prompts, handOn, ladder } = policy.tasks[taskId] as Policy['tasks'][string];
  const own = Object.hasOwn(prompts, tier.id) ? bytesOf(prompts[tier.id] as string) : 0;
  const draft = handOn === 'none' ? 0 : longestDraft(ladder, policy) * choices;
  const images = body.messages.reduce((sum, { content }) => sum + imagesIn(content), 0);
  const template = (body.messages.length + 2) * TEMPLATE_TOKENS_PER_MESSAGE;
  return bytesOf(JSON.stringify(body)) + own + draft + template + images * MOST_IMAGE_TOKENS;
}

function longestDraft(ladder: readonly string[], { tiers }: Policy): number {
  return Math.max(...ladder.map((id) => outputLimit(tiers[id] as Tier)));
}

function imagesIn(content: Request['body']['messages'][number]['content']): number {
  return Array.isArray(content) ? content.filter(({ type }) => type === 'image_url').length : 0;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
