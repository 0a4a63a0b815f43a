/** Plain values as YAML, for a few lines put into a text that a person wrote. */

const PLAIN = /^[A-Za-z_][\w-]*$/;
/** Words that YAML's core schema takes for something other than a text. */
const RESERVED = /^(true|false|null)$/i;
/** A list or mapping longer than this, written in one line, is spread over several. */
const LONGEST_LINE = 100;

/** In one line. With `quoted` it is JSON, as a document in JSON has it. */
export function flow(value: unknown, quoted = false): string {
  if (typeof value === 'string') return !quoted && isPlain(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, quoted)).join(', ')}]`;
  const members = membersOf(value).map(([key, member]) => `${flow(key, quoted)}: ${flow(member, quoted)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** What stands after a key and its colon: in the same line, or a mapping in lines of its own below it. */
export function afterKey(value: unknown, indent: string): string {
  const line = ` ${flow(value)}`;
  if (line.length <= LONGEST_LINE || !isMapping(value)) return line;
  const deeper = `${indent}  `;
  return membersOf(value)
    .map(([key, member]) => `\n${deeper}${flow(key)}:${afterKey(member, deeper)}`)
    .join('');
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text);
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
