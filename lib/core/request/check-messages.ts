import type { ChatMessage } from '../types-chat';
import { absent, type Check, type Fields, fault, fields, isFields, optional, text } from './check';

const ROLES: ReadonlySet<unknown> = new Set<ChatMessage['role']>(['system', 'developer', 'user', 'assistant', 'tool']);

const nonEmptyText: Check = (value, param) => {
  if (typeof value !== 'string' || value === '') fault(param, value, 'a text that is not empty');
};

/** What each type of content part must hold beside its `type`. */
const PARTS: Readonly<Record<string, (part: Fields, param: string) => void>> = {
  text: (part, param) => text(part.text, `${param}.text`, part),
  refusal: (part, param) => text(part.refusal, `${param}.refusal`, part),
  input_audio: (part, param) => fields(part.input_audio, `${param}.input_audio`, part),
  file: (part, param) => fields(part.file, `${param}.file`, part),
  image_url: (part, param) => {
    const image = part.image_url;
    if (!isFields(image)) fault(`${param}.image_url`, image, 'an object with a url');
    nonEmptyText(image.url, `${param}.image_url.url`, image);
    optional(text)(image.detail, `${param}.image_url.detail`, image);
  },
};

function checkPart(part: unknown, param: string): void {
  if (!isFields(part)) fault(param, part, 'an object with a type');
  const type = part.type;
  if (typeof type !== 'string' || !Object.hasOwn(PARTS, type)) {
    fault(`${param}.type`, type, `one of ${Object.keys(PARTS).join(', ')}`);
  }
  PARTS[type]?.(part, param);
}

/** An assistant may have said nothing in words (tool calls, audio); everyone else must. */
function checkContent(message: Fields, param: string): void {
  const content = message.content;
  if (typeof content === 'string' || (absent(content) && message.role === 'assistant')) return;
  if (!Array.isArray(content)) fault(`${param}.content`, content, 'a text or a list of parts');
  if (content.length === 0 && message.role !== 'assistant') {
    fault(`${param}.content`, content, 'a text or a list of at least one part');
  }
  for (let i = 0; i < content.length; i++) checkPart(content[i], `${param}.content[${i}]`);
}

function checkToolCall(call: unknown, param: string): void {
  if (!isFields(call)) fault(param, call, 'an object with id, type and function');
  nonEmptyText(call.id, `${param}.id`, call);
  if (call.type !== 'function') fault(`${param}.type`, call.type, '"function"');
  const called = call.function;
  if (!isFields(called)) fault(`${param}.function`, called, 'an object with name and arguments');
  nonEmptyText(called.name, `${param}.function.name`, called);
  if (typeof called.arguments !== 'string') {
    fault(`${param}.function.arguments`, called.arguments, 'the arguments as JSON in a text');
  }
}

function checkMessage(message: unknown, param: string): void {
  if (!isFields(message)) fault(param, message, 'an object with role and content');
  if (!ROLES.has(message.role)) fault(`${param}.role`, message.role, `one of ${[...ROLES].join(', ')}`);
  checkContent(message, param);
  if (message.role === 'tool') nonEmptyText(message.tool_call_id, `${param}.tool_call_id`, message);
  const calls = message.tool_calls;
  if (absent(calls)) return;
  if (!Array.isArray(calls)) fault(`${param}.tool_calls`, calls, 'a list of tool calls');
  for (let i = 0; i < calls.length; i++) checkToolCall(calls[i], `${param}.tool_calls[${i}]`);
}

export const messages: Check = (value, param) => {
  if (!Array.isArray(value) || value.length === 0) fault(param, value, 'a list of at least one message');
  for (let i = 0; i < value.length; i++) checkMessage(value[i], `${param}[${i}]`);
};
