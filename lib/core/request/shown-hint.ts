import { shown } from './check';

const MOST_CHARACTERS = 40;
/** Names have a few. More may be somebody's prompt in the wrong place. */
const MOST_WORDS = 3;
const UNSEEN = /\p{C}/gu;
/** How keys begin, a router's own and others'. */
const KEY = /(?:^|\W)(?:bearer\s|tw_|sk-)/i;

/** A hint as a message may quote it: what cannot be seen as `?`, cut off where it is long, and neither a key nor a prompt. */
export function shownHint(value: unknown): string {
  if (typeof value !== 'string') return shown(value);
  if (value.trim() === '') return 'empty';
  // A text may be as long as a body; no more is read than may be shown, and a character has two units at most.
  const start = value.slice(0, 2 * MOST_CHARACTERS + 1);
  if (KEY.test(start)) return 'a text that looks like a key';
  if (start.trim().split(/\s+/).length > MOST_WORDS) return 'a text of several words';
  const characters = [...start];
  const text = characters.slice(0, MOST_CHARACTERS).join('').replace(UNSEEN, '?');
  return JSON.stringify(characters.length > MOST_CHARACTERS ? `${text}...` : text);
}
