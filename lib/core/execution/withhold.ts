import { RouterError } from '../errors';
import type { ChatBody, ChatMessage } from '../types-chat';

/** So many characters in a row, shared with the prompt, make a quotation. */
const QUOTED_CHARACTERS = 12;
/** Samples of the prompt, so close to one another that every quotation holds one. */
const SAMPLE_CHARACTERS = 6;
const SAMPLE_EVERY = QUOTED_CHARACTERS - SAMPLE_CHARACTERS + 1;
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

/** The message is short and the prompt may be long: one look for each sample of the prompt, and more only where it hits. */
function quotes(message: string, body: ChatBody): boolean {
  const told: Told = {
    message,
    pieces: piecesOf(message, QUOTED_CHARACTERS),
    samples: piecesOf(message, SAMPLE_CHARACTERS),
  };
  const { messages, ...rest } = body;
  const said = messages.flatMap(textsOf);
  return [...said, ...textsIn(rest)].some((text) => isQuoted(text, told));
}

interface Told {
  readonly message: string;
  readonly pieces: ReadonlySet<string>;
  readonly samples: ReadonlySet<string>;
}

/** All that stands in the text in so many characters. */
function piecesOf(text: string, length: number): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let at = 0; at + length <= text.length; at++) pieces.add(text.slice(at, at + length));
  return pieces;
}

function isQuoted(text: string, { message, pieces, samples }: Told): boolean {
  if (text.length < QUOTED_CHARACTERS) return text.length >= LEAST_CHARACTERS && message.includes(text);
  for (let at = 0; at + SAMPLE_CHARACTERS <= text.length; at += SAMPLE_EVERY) {
    if (!samples.has(text.slice(at, at + SAMPLE_CHARACTERS))) continue;
    for (let from = Math.max(0, at + 1 - SAMPLE_EVERY); from <= at; from++) {
      if (pieces.has(text.slice(from, from + QUOTED_CHARACTERS))) return true;
    }
  }
  return false;
}

function textsOf({ content, tool_calls: calls }: ChatMessage): string[] {
  const texts = (calls ?? []).map((call) => call.function.arguments);
  if (typeof content === 'string') return [...texts, content];
  for (const part of content ?? []) if (part.type === 'text') texts.push(part.text);
  return texts;
}

/** Values that are names: what is wrong with them could not be told without them. */
const NAMES = new Set(['model', 'name', 'type', 'service_tier']);

/**
 * Every other text of the body that is long enough to be one: what tools are for, what schemas describe, whom it is for. How
 * deep a body goes is bounded at the door.
 */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length < QUOTED_CHARACTERS ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => (NAMES.has(name) ? [] : textsIn(child)));
}
