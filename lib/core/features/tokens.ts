import type { ChatBody, ChatMessage, ContentPart } from '../types-chat';
import { textTokens } from './text-tokens';

/** The wrapping of each message and of the whole, as OpenAI's cookbook counts them for its chat format. */
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_REQUEST = 3;

/**
 * Stated counts of what is not text. An image of `detail: low` is 85 tokens at OpenAI; a sharp one is 765 there at 1024 x
 * 1024 and up to about 1,590 at Anthropic (width x height / 750). Sound and files are hardly comparable between hosts.
 */
const LOW_DETAIL_IMAGE_TOKENS = 85;
const IMAGE_TOKENS = 1100;
const OTHER_PART_TOKENS = 1500;

function partTokens(part: ContentPart): number {
  switch (part.type) {
    case 'text':
      return textTokens(part.text);
    case 'refusal':
      return textTokens(part.refusal);
    case 'image_url':
      return part.image_url.detail === 'low' ? LOW_DETAIL_IMAGE_TOKENS : IMAGE_TOKENS;
    default:
      return OTHER_PART_TOKENS;
  }
}

function messageTokens(message: ChatMessage): number {
  let tokens = TOKENS_PER_MESSAGE;
  if (typeof message.content === 'string') tokens += textTokens(message.content);
  else for (const part of message.content ?? []) tokens += partTokens(part);
  if (message.name) tokens += textTokens(message.name);
  if (message.refusal) tokens += textTokens(message.refusal);
  if (message.reasoning_content) tokens += textTokens(message.reasoning_content);
  for (const call of message.tool_calls ?? []) {
    tokens += TOKENS_PER_MESSAGE + textTokens(call.function.name) + textTokens(call.function.arguments);
  }
  return tokens;
}

export interface InputTokens {
  readonly total: number;
  /** What stands before the newest message: tool definitions, system prompt, earlier turns. */
  readonly prefix: number;
  /** The schema the answer must fit; 0 without one. */
  readonly schema: number;
}

/** Estimated tokens of everything a tier reads: messages, tool definitions, response schema. */
export function inputTokens(body: ChatBody): InputTokens {
  const tools = body.tools?.length ? textTokens(JSON.stringify(body.tools)) : 0;
  const format = body.response_format;
  const schema = format?.type === 'json_schema' ? textTokens(JSON.stringify(format.json_schema)) : 0;
  let prefix = TOKENS_PER_REQUEST + tools + schema;
  let newest = 0;
  for (const message of body.messages) {
    prefix += newest;
    newest = messageTokens(message);
  }
  return { total: Math.ceil(prefix + newest), prefix: Math.ceil(prefix), schema: Math.ceil(schema) };
}
