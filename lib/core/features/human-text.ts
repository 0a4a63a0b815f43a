import type { ChatMessage } from '../types-chat';

/** Names of the elements in which applications hand retrieved text to a model. */
const BLOCK =
  /<(\/?)(contexts?|documents?|passages?|search[_-]results?|retrieved[_-]context|tool[_-]results?)(?:\s[^<>]*)?>/iy;
const FENCE = '```';

/** Recognition, keyword rules and the lexical dimensions read at most this much: the first and the last half of it. */
const MOST_CHARACTERS = 16_000;

export interface HumanText {
  /** What the person wrote in the newest turn, NFC, without embedded blocks, capped. */
  readonly text: string;
  /** Characters of the whole newest turn, blocks included. */
  readonly turnCharacters: number;
  /** Whether material to answer from was embedded. */
  readonly grounded: boolean;
  /** Whether code was embedded. */
  readonly fenced: boolean;
}

function writtenText(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content;
  const texts: string[] = [];
  for (const part of message.content ?? []) if (part.type === 'text') texts.push(part.text);
  return texts.join('\n');
}

interface Tag {
  readonly closes: boolean;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function nextTag(text: string, from: number): Tag | undefined {
  for (let at = text.indexOf('<', from); at !== -1; at = text.indexOf('<', at + 1)) {
    BLOCK.lastIndex = at;
    const match = BLOCK.exec(text);
    if (match) return { closes: match[1] === '/', name: match[2] as string, from: at, to: BLOCK.lastIndex };
  }
  return undefined;
}

/**
 * Cuts element blocks out. A block left open runs to the end; a closing tag that closes nothing takes what stands since
 * the last block with it, so a retrieved text cannot break out by closing its own element.
 */
function withoutBlocks(text: string): string {
  const kept: string[] = [];
  let depth = 0;
  let resume = 0;
  let blocks = 0;
  for (let tag = nextTag(text, 0); tag; tag = nextTag(text, tag.to)) {
    if (!tag.closes) {
      if (depth === 0) kept.push(text.slice(resume, tag.from));
      depth++;
      blocks++;
      continue;
    }
    if (depth > 0) depth--;
    else if (blocks === 0) kept.push(text.slice(resume, tag.from));
    if (depth === 0) resume = tag.to;
  }
  if (depth === 0) kept.push(text.slice(resume));
  return kept.join(' ');
}

/** Cuts fenced blocks out; one left open runs to the end, as in Markdown. */
function withoutFences(text: string): string {
  if (!text.includes(FENCE)) return text;
  return text
    .split(FENCE)
    .filter((_, index) => index % 2 === 0)
    .join(' ');
}

function capped(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const half = MOST_CHARACTERS / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}

/** The human text of the newest user message that says anything; other roles are never read. */
export function humanText(messages: readonly ChatMessage[]): HumanText {
  let turnCharacters = 0;
  let grounded = false;
  let fenced = false;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index] as ChatMessage;
    if (message.role !== 'user') continue;
    const written = writtenText(message);
    // Blocks first: an odd fence inside a retrieved text must not swallow the question after it.
    const asked = withoutBlocks(written);
    const said = withoutFences(asked);
    turnCharacters += written.length;
    grounded ||= asked.length < written.length;
    fenced ||= said.length < asked.length;
    const text = capped(said.trim()).normalize('NFC');
    if (text !== '') return { text, turnCharacters, grounded, fenced };
  }
  return { text: '', turnCharacters, grounded, fenced };
}
