import type { ChatBody, ChatMessage } from '../types-chat';
import type { Prefix } from '../types-live';
import type { Tier } from '../types-policy';
import type { ExecutionPlan } from './plan';
import type { Sent } from './sent';
import { CHARACTERS_PER_TOKEN } from './usage';

/** Fields that bind the answer's form from its first character on: what a host adds to a beginning would start it anew. */
const BINDING = /^(guided_|structured_outputs$|grammar$|echo$)/;

/**
 * What the tier may be given to go on from; undefined where it cannot, or where the words of one plain text are not all
 * that the caller has been sent.
 */
export function prefixFor(sent: Sent, tier: Tier, { request }: ExecutionPlan): Prefix | undefined {
  if (!tier.continuesPrefix || request.choices !== 1 || isBound(request.body)) return undefined;
  if (request.body.messages.at(-1)?.role === 'assistant') return undefined;
  // Messages refuses white space at its end, and chat templates lose it.
  const text = sent.plainText()?.trimEnd();
  if (text === undefined || text === '') return undefined;
  // A host streams no token in two pieces.
  const tokens = Math.max(sent.pieces, Math.ceil(text.length / CHARACTERS_PER_TOKEN));
  return limitsOf(request.body).some((limit) => tokens >= limit) ? undefined : { text, tokens };
}

/** Each that the caller sends is sent on, be they two that differ, and hosts take none below one. */
function limitsOf({ max_tokens: older, max_completion_tokens: limit }: ChatBody): number[] {
  return [older, limit].filter((each) => typeof each === 'number');
}

function isBound(body: ChatBody): boolean {
  const { response_format: format, tool_choice: choice } = body;
  if ((format ?? { type: 'text' }).type !== 'text') return true;
  if (choice === 'required' || (typeof choice === 'object' && choice !== null)) return true;
  return Object.keys(body).some((name) => BINDING.test(name));
}

/**
 * The body that asks for the rest. The two flags are vLLM's words, which other servers of Chat Completions have taken over;
 * Messages and Converse go on from a last message of the assistant's without them.
 */
export function bodyContinuing(body: ChatBody, { text, tokens }: Prefix): ChatBody {
  const beginning: ChatMessage = { role: 'assistant', content: text };
  return Object.assign({}, body, {
    messages: [...body.messages, beginning],
    continue_final_message: true,
    add_generation_prompt: false,
    ...(typeof body.max_tokens === 'number' && { max_tokens: body.max_tokens - tokens }),
    ...(typeof body.max_completion_tokens === 'number' && {
      max_completion_tokens: body.max_completion_tokens - tokens,
    }),
  });
}
