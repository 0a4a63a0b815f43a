/**
 * Whether what a host sent is what Chat Completions says, as far as the router reads it: behind this border nothing is
 * looked at twice. The rest travels on unread.
 */

type Fields = Readonly<Record<string, unknown>>;
type Is = (value: unknown) => boolean;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

const isText: Is = (value) => typeof value === 'string';
const isAbsent: Is = (value) => value === undefined || value === null;
const isTextOrAbsent: Is = (value) => isAbsent(value) || isText(value);

const TEXTS = ['reasoning_content', 'reasoning', 'refusal'];

/** Some hosts send content in parts, of which only the texts are read. */
function isContent(value: unknown): boolean {
  if (!Array.isArray(value)) return isTextOrAbsent(value);
  return value.every((part) => isObject(part) && isTextOrAbsent(part.text));
}

function areCalls(value: unknown, isFunction: Is): boolean {
  if (isAbsent(value)) return true;
  return Array.isArray(value) && value.every((call) => isObject(call) && isFunction(call.function));
}

const isWholeFunction: Is = (value) => isObject(value) && isText(value.name) && isText(value.arguments);

/** A stream may bring the members one by one. */
const isPieceOfFunction: Is = (value) =>
  isAbsent(value) || (isObject(value) && isTextOrAbsent(value.name) && isTextOrAbsent(value.arguments));

function isSaid(value: Fields, isFunction: Is): boolean {
  return (
    isContent(value.content) &&
    areCalls(value.tool_calls, isFunction) &&
    TEXTS.every((name) => isTextOrAbsent(value[name]))
  );
}

/** Azure's events of its asynchronous filter have choices without a delta. */
const isDelta: Is = (value) => isAbsent(value) || (isObject(value) && isSaid(value, isPieceOfFunction));

const isMessage: Is = (value) => isObject(value) && isSaid(value, isWholeFunction);

function areChoices(body: Fields, isChoice: (choice: Fields) => boolean): boolean {
  const { choices, model } = body;
  if (!Array.isArray(choices) || !isTextOrAbsent(model)) return false;
  return choices.every((choice) => isObject(choice) && isTextOrAbsent(choice.finish_reason) && isChoice(choice));
}

export function isCompletion(body: Fields): boolean {
  return areChoices(body, ({ message }) => isMessage(message));
}

export function isChunk(body: Fields): boolean {
  return areChoices(body, ({ delta }) => isDelta(delta));
}
