import type { ChatBody } from '../types-chat';
import { absent, boolean, type Check, type Fields, fault, fields, isFields, number, text, whole } from './check';
import { messages } from './check-messages';
import { responseFormat, toolChoice, tools } from './check-tools';

const streamOptions: Check = (value, param, body) => {
  if (!isFields(value)) fault(param, value, 'an object with include_usage');
  if (!absent(value.include_usage)) boolean(value.include_usage, `${param}.include_usage`, body);
};

const stop: Check = (value, param) => {
  if (typeof value === 'string') return;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    fault(param, value, 'a text or a list of texts');
  }
};

/** What the router reads or every host bounds alike; other fields travel on unread. In the order of checking. */
const CHECKS: readonly (readonly [field: string, check: Check])[] = [
  ['model', text],
  ['messages', messages],
  ['stream', boolean],
  ['stream_options', streamOptions],
  ['n', whole(1, 16)],
  ['temperature', number(0, 2)],
  ['top_p', number(0, 1)],
  ['max_tokens', whole(1)],
  ['max_completion_tokens', whole(1)],
  ['stop', stop],
  ['tools', tools],
  ['tool_choice', toolChoice],
  ['parallel_tool_calls', boolean],
  ['response_format', responseFormat],
  ['logprobs', boolean],
  ['top_logprobs', whole(0, 20)],
  ['metadata', fields],
];

/** Written by hand and in one pass: this runs on every request, and its cost is that of the messages. */
export function checkBody(body: Fields): ChatBody {
  if (absent(body.model)) fault('model', body.model, '"auto", or the name of a task, tier or model');
  if (absent(body.messages)) fault('messages', body.messages, 'a list of at least one message');
  for (const [field, check] of CHECKS) {
    const value = body[field];
    if (!absent(value)) check(value, field, body);
  }
  return body as ChatBody;
}
