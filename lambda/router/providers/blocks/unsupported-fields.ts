import { ADVISORY_FIELDS } from '../../../../lib/core/contract';
import type { ChatBody, ChatMessage, ContentPart } from '../../../../lib/core/types-chat';
import { toolInputOf } from './tool-input';

/** What differs between the dialects of blocks. */
export interface BlockDialect {
  /** Whether an image of this address can be sent. */
  image(url: string): boolean;
  stopSequence(text: string): boolean;
  /** Whether tools can be offered and forbidden at once (`tool_choice: "none"`). */
  readonly toolChoiceNone: boolean;
  /** Whether more than one tool call in an answer can be ruled out. */
  readonly singleToolCall: boolean;
}

/** Fields that ask for nothing of the model: the contract's advisory list, and what the router itself acts on. */
const IGNORABLE = new Set<string>([...ADVISORY_FIELDS, 'model', 'messages', 'stream', 'stream_options']);

const MAPPED = new Set(['max_tokens', 'max_completion_tokens', 'top_p', 'tools']);

/** Values that say what would hold anyway. A map: `constructor` is a name a caller may send, and no row of it. */
const NO_OPS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['n', 1],
  ['frequency_penalty', 0],
  ['presence_penalty', 0],
  ['logprobs', false],
  ['top_logprobs', 0],
  ['parallel_tool_calls', true],
]);

type Rule = (value: NonNullable<unknown>, body: ChatBody, dialect: BlockDialect) => boolean;

const hasTools = (body: ChatBody) => (body.tools?.length ?? 0) > 0;

function honoursToolChoice(value: unknown, body: ChatBody, dialect: BlockDialect): boolean {
  if (value === 'none') return dialect.toolChoiceNone || !hasTools(body);
  return value === 'auto' || value === 'required' || (value as { type?: unknown }).type === 'function';
}

function honoursResponseFormat(value: unknown): boolean {
  const format = value as NonNullable<ChatBody['response_format']>;
  return format.type === 'text' || (format.type === 'json_schema' && format.json_schema?.schema !== undefined);
}

/** Whether a field that not every value of can be mapped has one that can. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // Chat Completions goes to 2, both dialects of blocks to 1.
  ['temperature', (value) => (value as number) <= 1],
  ['stop', (value, _, dialect) => [value as string | string[]].flat().every((text) => dialect.stopSequence(text))],
  ['tool_choice', honoursToolChoice],
  ['parallel_tool_calls', (_, body, dialect) => dialect.singleToolCall || !hasTools(body)],
  ['response_format', honoursResponseFormat],
  ['logit_bias', (value) => Object.keys(value).length === 0],
  ['modalities', (value) => JSON.stringify(value) === '["text"]'],
]);

function honoursField(name: string, value: unknown, body: ChatBody, dialect: BlockDialect): boolean {
  if (value === undefined || value === null) return true;
  if (NO_OPS.has(name) && value === NO_OPS.get(name)) return true;
  if (IGNORABLE.has(name) || MAPPED.has(name)) return true;
  return RULES.get(name)?.(value, body, dialect) ?? false;
}

const MESSAGE_FIELDS = new Set([
  'role',
  'content',
  'tool_calls',
  'tool_call_id',
  'refusal',
  // Reasoning of earlier turns is for people to read; hosts drop it themselves.
  'reasoning_content',
  'reasoning',
  // What OpenAI's own answers carry when they are sent back.
  'annotations',
]);

const PART_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text'],
  refusal: ['type', 'refusal'],
  image_url: ['type', 'image_url'],
};

function unsupportedInPart(part: ContentPart, role: ChatMessage['role'], dialect: BlockDialect): string | undefined {
  const fields = PART_FIELDS[part.type];
  if (fields === undefined) return `messages.${part.type}`;
  for (const [name, value] of Object.entries(part)) {
    if (value !== undefined && value !== null && !fields.includes(name)) return `messages.${name}`;
  }
  if (part.type !== 'image_url') return undefined;
  if ((role !== 'user' && role !== 'tool') || !dialect.image(part.image_url.url)) return 'messages.image_url';
  const detail = part.image_url.detail ?? 'auto';
  return detail === 'auto' ? undefined : 'messages.image_url.detail';
}

/** The name of a participant has no place in blocks; that of a tool stands with its call already. */
function honoursMessageField(name: string, { role }: ChatMessage): boolean {
  return MESSAGE_FIELDS.has(name) || (name === 'name' && role === 'tool');
}

function unsupportedInMessage(message: ChatMessage, dialect: BlockDialect, found: Set<string>): void {
  for (const [name, value] of Object.entries(message)) {
    if (value !== undefined && value !== null && !honoursMessageField(name, message)) found.add(`messages.${name}`);
  }
  if (message.tool_calls?.some((call) => toolInputOf(call) === undefined)) found.add('messages.tool_calls.arguments');
  if (!Array.isArray(message.content)) return;
  for (const part of message.content as readonly ContentPart[]) {
    const name = unsupportedInPart(part, message.role, dialect);
    if (name !== undefined) found.add(name);
  }
}

const speaksOfTools = (message: ChatMessage) => message.role === 'tool' || (message.tool_calls?.length ?? 0) > 0;

/** Names of what a dialect of blocks cannot carry. What it neither maps nor may ignore is named, unknown fields too. */
export function unsupportedInBlocks(body: ChatBody, dialect: BlockDialect): readonly string[] {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(body)) {
    if (!honoursField(name, value, body, dialect)) found.add(name);
  }
  for (const message of body.messages) unsupportedInMessage(message, dialect, found);
  for (const tool of body.tools ?? []) {
    if (tool.type !== 'function') found.add(`tools.${tool.type as string}`);
  }
  // Both hosts refuse tool calls in the history of a request that offers no tools.
  if (!hasTools(body) && body.messages.some(speaksOfTools)) found.add('messages.tool_calls');
  return [...found];
}
