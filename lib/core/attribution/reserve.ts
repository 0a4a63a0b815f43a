import type { Features, Request } from '../types';
import type { ChatBody } from '../types-chat';
import type { Estimate, Prefix } from '../types-live';
import type { Policy, Tier } from '../types-policy';
import { estimateCost, priceUsage } from './price';

/** No token is shorter than a byte, and a chat template adds a few to each message. */
const TEMPLATE_TOKENS_PER_MESSAGE = 16;
/** The tier's own prompt, and the note on a rejected draft; as JSON each takes some characters of its own. */
const MESSAGES_ADDED = 2;
const TOKENS_PER_MESSAGE_ADDED = TEMPLATE_TOKENS_PER_MESSAGE + 32;
/** Above what any host counts for one image, whatever its bytes. */
const MOST_IMAGE_TOKENS = 20_000;

/**
 * What a call to the tier may cost, to be set aside before it is made. Expected: the estimated prompt and the least of the
 * caller's limit, the expected answer and the tier's limit. Worst: a prompt of as many tokens as what is sent has bytes,
 * at the dearest way a prompt can be booked, and as many output tokens as caller and tier allow. `body`: what is sent, once
 * that is known, with the `prefix` that the tier is to go on from, if any.
 */
export function estimateReserve(
  tier: Tier,
  policy: Policy,
  request: Request,
  features: Features,
  nowMs: number,
  body?: ChatBody,
  prefix?: Prefix,
): Estimate {
  const limit = Math.min(request.maxOutputTokens ?? Number.POSITIVE_INFINITY, outputLimit(tier));
  const expected = Math.min(features.expectedOutputTokens, limit);
  const inputTokens = features.inputTokens + (prefix?.tokens ?? 0);
  const prompt = body === undefined ? longestPrompt(request, policy, features.task, tier) : promptOf(body);
  return {
    expectedUsd: estimateCost(tier, inputTokens, expected * request.choices, nowMs),
    worstUsd: worstUsd(tier, prompt, limit * request.choices, nowMs),
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
  const own = Object.hasOwn(prompts, tier.id) ? bytesOf(JSON.stringify(prompts[tier.id])) : 0;
  const draft = handOn === 'none' ? 0 : longestDraft(ladder, policy) * choices;
  return promptOf(body) + own + draft + MESSAGES_ADDED * TOKENS_PER_MESSAGE_ADDED;
}

/** In tokens. */
function promptOf(body: ChatBody): number {
  const images = body.messages.reduce((sum, { content }) => sum + imagesIn(content), 0);
  return (
    bytesOf(JSON.stringify(body)) + body.messages.length * TEMPLATE_TOKENS_PER_MESSAGE + images * MOST_IMAGE_TOKENS
  );
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
