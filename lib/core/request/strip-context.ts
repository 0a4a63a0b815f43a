import type { ChatBody, ChatMessage, ContentPart } from '../types-chat';
import { isClosed } from './is-closed';
import { textBlocks } from './text-blocks';

/** Shorter repetitions are how people speak, and save nothing. */
const LEAST_CHARACTERS = 200;
/** Stands where a block stood, so that a reader knows what was said there. */
const REPEATED = '[Repeated from above.]';

const BLANK_LINES = /\n{3,}/g;

/**
 * The body without what it says twice. An instruction that only repeats the one before it is left out; a block of a user's or
 * a tool's text that stands word for word in an earlier message gives way to a word that says so; in the prose of instructions
 * and users go the blanks at the end of lines, and blank lines after the first. What the assistant said stays, and so does
 * what is to be answered now: the newest user message, and all that follows the assistant's last.
 *
 * Of two blocks the first stays, so that a prompt cache finds the same beginning in the next turn. The same body where nothing
 * is redundant; nothing more where it has been stripped before.
 */
export function stripContext(body: ChatBody): ChatBody {
  const { messages } = body;
  const newestUser = messages.findLastIndex(({ role }) => role === 'user');
  const lastSaid = messages.findLastIndex(({ role }) => role === 'assistant');
  const sent = new Set<string>();
  const kept: ChatMessage[] = [];
  let instruction = '';
  let changed = false;
  messages.forEach((message, at) => {
    let lean = message;
    if (instructs(message)) {
      lean = withText(message, tidied);
      const whole = JSON.stringify(lean);
      if (whole === instruction) {
        changed = true;
        return;
      }
      instruction = whole;
    } else if (message.role !== 'assistant' && at !== newestUser && at < lastSaid) {
      // A tool's result is data, in which every blank may count.
      const tidy = message.role === 'user' ? tidied : (text: string) => text;
      lean = withText(message, (text) => withoutRepeated(tidy(text), sent));
    }
    remember(lean, sent);
    changed ||= lean !== message;
    kept.push(lean);
  });
  return changed ? Object.assign({}, body, { messages: kept }) : body;
}

function instructs({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

/** Every text of a message changed; the same message where none is. */
function withText(message: ChatMessage, change: (text: string) => string): ChatMessage {
  const { content } = message;
  if (typeof content === 'string') {
    const text = change(content);
    return text === content ? message : Object.assign({}, message, { content: text });
  }
  if (!content) return message;
  const parts = content.map((part): ContentPart => {
    if (part.type !== 'text') return part;
    const text = change(part.text);
    return text === part.text ? part : Object.assign({}, part, { text });
  });
  return parts.every((part, at) => part === content[at]) ? message : Object.assign({}, message, { content: parts });
}

function tidied(text: string): string {
  let result = '';
  let verbatim = false;
  for (const block of textBlocks(text)) {
    const counts = verbatim || block.verbatim;
    result += counts ? block.gap : withoutTrailingBlanks(block.gap).replace(BLANK_LINES, '\n\n');
    result += block.verbatim ? block.text : withoutTrailingBlanks(block.text);
    verbatim = block.verbatim;
  }
  return result;
}

/** By hand: a regular expression looks at a long run of blanks once for each of them. */
function withoutTrailingBlanks(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  return lines.map((line, at) => (at === last ? line : line.slice(0, endOf(line)))).join('\n');
}

/** Where the blanks at the end of a line begin; its carriage return goes with them. */
function endOf(line: string): number {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line[end - 1] as string)) end -= 1;
  return end;
}

function withoutRepeated(text: string, sent: ReadonlySet<string>): string {
  let result = '';
  let repeats = false;
  for (const block of textBlocks(text)) {
    const again = block.text.length >= LEAST_CHARACTERS && sent.has(block.text) && isClosed(block.text);
    // One word for a row of them.
    if (!again || !repeats) result += block.gap + (again ? REPEATED : block.text);
    repeats = again;
  }
  return result;
}

function remember({ content }: ChatMessage, sent: Set<string>): void {
  const texts = typeof content === 'string' ? [content] : (content ?? []).map(textOf);
  for (const text of texts) {
    for (const block of textBlocks(text)) if (block.text.length >= LEAST_CHARACTERS) sent.add(block.text);
  }
}

function textOf(part: ContentPart): string {
  return part.type === 'text' ? part.text : '';
}
