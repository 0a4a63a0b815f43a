import { RouterError } from '../errors';
import type { ChatBody, ChatMessage } from '../types-chat';

/** So many characters in a row, shared with the prompt, make a quotation. */
const QUOTED_CHARACTERS = 12;
/** A shorter text is one only as a whole, and one shorter than this is a word that anybody may use. */
const LEAST_CHARACTERS = 6;

/**
 * A tier's fault with the request reaches the caller in the tier's own words, unless they repeat the prompt: what a
 * caller sent stands in no error, which others log.
 */
export function withholdPrompt(error: RouterError, body: ChatBody, tier: string): RouterError {
  if (error.failure !== 'invalid-request' || !quotes(error.message, body)) return error;
  const options = error.param === undefined ? {} : { param: error.param };
  return RouterError.failure('invalid-request', `Tier "${tier}" found fault with the request.`, options);
}

/** The message is short and the prompt may be long: one look for each piece of the prompt. */
function quotes(message: string, { messages }: ChatBody): boolean {
  const pieces = new Set<string>();
  for (let at = 0; at + QUOTED_CHARACTERS <= message.length; at++) {
    pieces.add(message.slice(at, at + QUOTED_CHARACTERS));
  }
  return messages.some((said) => textsOf(said).some((text) => isQuoted(text, pieces, message)));
}

function isQuoted(text: string, pieces: ReadonlySet<string>, message: string): boolean {
  if (text.length < QUOTED_CHARACTERS) return text.length >= LEAST_CHARACTERS && message.includes(text);
  for (let at = 0; at + QUOTED_CHARACTERS <= text.length; at += QUOTED_CHARACTERS) {
    if (pieces.has(text.slice(at, at + QUOTED_CHARACTERS))) return true;
  }
  return pieces.has(text.slice(-QUOTED_CHARACTERS));
}

function textsOf({ content, tool_calls: calls }: ChatMessage): string[] {
  const texts = (calls ?? []).map((call) => call.function.arguments);
  if (typeof content === 'string') return [...texts, content];
  for (const part of content ?? []) if (part.type === 'text') texts.push(part.text);
  return texts;
}
