import type { ChatMessage, ContentPart } from '../types-chat';
import { hashText, hex, mixed } from './likeness/hash';
import { type Drawn, difference, readSketch, Sketch } from './likeness/sketch';

/**
 * A prompt as a hash by which one that is nearly the same can be told, and nothing else: who asked, how many messages of
 * which roles there are and which images; then a sketch of what went before and one of the newest question.
 */

/** Words of 32 bits in the sketch of a question, and of what went before it. */
const QUESTION_WORDS = 8;
const CONTEXT_WORDS = 2;

/** By how many shingles two texts may differ, and by what share of theirs: of a short one every word counts. */
interface Allowance {
  readonly most: number;
  readonly share: number;
}

/** Fewer than the words of a sketch, so that of two that are alike one word is the same: `askedAgain` finds them by it. */
const ALIKE: Allowance = { most: QUESTION_WORDS - 1, share: 0.1 };
const AKIN: Allowance = { most: 4 * ALIKE.most, share: 0.4 };
/** Instructions often tell the time. */
const CONTEXT: Allowance = { most: 8, share: 0.25 };

/** `salt` says who asks, so that nobody's questions can be told to be another's. */
export function likenessOf(messages: readonly ChatMessage[], salt: string): string {
  const seed = hashText(salt);
  const newest = messages.findLastIndex(({ role }) => role === 'user');
  const question = new Sketch(QUESTION_WORDS, seed);
  const context = new Sketch(CONTEXT_WORDS, seed);
  let shape = mixed(seed, messages.length);
  for (const [at, message] of messages.entries()) {
    shape = hashText(message.role, shape);
    const sketch = at === newest ? question : context;
    for (const part of partsOf(message)) {
      if (part.type === 'text') sketch.add(part.text);
      else shape = hashText(part.type === 'image_url' ? part.image_url.url : JSON.stringify(part), shape);
    }
    for (const { function: called } of message.tool_calls ?? []) sketch.add(`${called.name} ${called.arguments}`);
  }
  return [hex(shape), context.toString(), question.toString()].join('.');
}

function partsOf({ content }: ChatMessage): readonly ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content ?? [];
}

/** A likeness taken apart, to be compared often. */
export interface Likeness {
  /** Must be the same in both. */
  readonly shape: string;
  readonly context: Drawn;
  readonly question: Drawn;
}

export function readLikeness(likeness: string): Likeness {
  const [shape = '', context = '', question = ''] = likeness.split('.');
  return { shape, context: readSketch(context, CONTEXT_WORDS), question: readSketch(question, QUESTION_WORDS) };
}

/** Whether two prompts of the same caller are the same but for a few words. */
export function isAlike(one: Likeness, other: Likeness): boolean {
  return isNearly(one, other, ALIKE);
}

/** Whether they are made of much the same words, as all are that come of one form. */
export function isAkin(one: Likeness, other: Likeness): boolean {
  return isNearly(one, other, AKIN);
}

function isNearly(one: Likeness, other: Likeness, question: Allowance): boolean {
  return (
    one.shape === other.shape &&
    isWithin(question, one.question, other.question) &&
    isWithin(CONTEXT, one.context, other.context)
  );
}

function isWithin({ most, share }: Allowance, one: Drawn, other: Drawn): boolean {
  const changed = Math.max(difference(one, other), Math.abs(one.shingles - other.shingles));
  return changed <= most && changed <= ((one.shingles + other.shingles + changed) / 2) * share;
}
