/**
 * Whether what a host sent is what the Messages API says, as far as the router reads it: behind this border nothing is
 * looked at twice. Blocks and events of later versions pass, unread.
 */

type Fields = Readonly<Record<string, unknown>>;
type Is = (value: unknown) => boolean;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText: Is = (value) => typeof value === 'string';
const isTextOrAbsent: Is = (value) => value === undefined || value === null || isText(value);
const isNumber: Is = (value) => typeof value === 'number';

/** What is read of each block, and of each piece of one. */
const BLOCKS: Readonly<Record<string, (block: Fields) => boolean>> = {
  text: ({ text }) => isText(text),
  thinking: ({ thinking }) => isText(thinking),
  tool_use: ({ id, name }) => isText(id) && isText(name),
};
const DELTAS: Readonly<Record<string, (delta: Fields) => boolean>> = {
  text_delta: ({ text }) => isText(text),
  thinking_delta: ({ thinking }) => isText(thinking),
  input_json_delta: ({ partial_json: json }) => isText(json),
};

function isOf(kinds: Readonly<Record<string, (one: Fields) => boolean>>, value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type } = value;
  return typeof type !== 'string' || !Object.hasOwn(kinds, type) || kinds[type]?.(value) === true;
}

const isNamed = ({ id, model }: Fields): boolean => isTextOrAbsent(id) && isTextOrAbsent(model);

export function isMessage(body: unknown): boolean {
  if (!isObject(body) || !isNamed(body) || !isTextOrAbsent(body.stop_reason)) return false;
  return Array.isArray(body.content) && body.content.every((block) => isOf(BLOCKS, block));
}

const EVENTS: Readonly<Record<string, (event: Fields) => boolean>> = {
  message_start: ({ message }) => isObject(message) && isNamed(message),
  content_block_start: ({ index, content_block: block }) => isNumber(index) && isOf(BLOCKS, block),
  content_block_delta: ({ index, delta }) => isNumber(index) && isOf(DELTAS, delta),
  content_block_stop: ({ index }) => isNumber(index),
  message_delta: ({ delta }) => isObject(delta) && isTextOrAbsent(delta.stop_reason),
};

export function isEvent(data: unknown): boolean {
  return isOf(EVENTS, data);
}
