import { RouterError } from '../errors';
import { type Fields, isFields, shown } from './check';

/** Far beyond any schema a person wrote, and far below where serialising again would overflow the stack. */
const MAX_DEPTH = 500;

/** Text to an object, or the fault. */
export function decodeBody(text: string, maxBytes: number): Fields {
  if (isLarger(text, maxBytes)) {
    throw new RouterError('request_too_large', `The body is larger than the ${maxBytes} bytes this router takes.`);
  }
  const body = parseJson(text);
  if (!isFields(body)) {
    throw new RouterError('invalid_request', `The body is ${given(body)}; it must be a JSON object.`);
  }
  refuseShape(body);
  return body;
}

/** A character is 1 to 3 bytes, so only lengths between are counted in bytes. */
function isLarger(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes;
}

function given(value: unknown): string {
  return value === null ? 'null' : shown(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RouterError('invalid_request', `The body is not JSON: ${whereItBreaks(text, error)}.`);
  }
}

/** The engine's message quotes the body; only the place is taken from it. */
function whereItBreaks(text: string, error: unknown): string {
  if (text.trim() === '') return 'it is empty';
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `it breaks at character ${Number(position) + 1}`;
  return message.includes('end of JSON') ? 'it ends too soon' : 'something else stands where a value should begin';
}

/**
 * Level by level, without recursion, so that no depth can overflow the stack. A member named `__proto__` would become the
 * prototype of the first copy that is made, and what stands in it members that no check has seen.
 */
function refuseShape(body: Fields): void {
  let level: object[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MAX_DEPTH) {
      throw new RouterError('invalid_request', `The body is nested more than ${MAX_DEPTH} levels deep.`);
    }
    const next: object[] = [];
    for (const value of level) {
      if (Object.hasOwn(value, '__proto__')) {
        throw new RouterError('invalid_request', 'There is no field "__proto__" in any request.', {
          param: '__proto__',
        });
      }
      for (const child of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
}
