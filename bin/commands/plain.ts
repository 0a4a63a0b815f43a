/** What no terminal shows and some obey: controls, marks of direction, ends of lines that are none. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Names are strangers' texts, and so may arguments be: nothing in one may move the cursor of a terminal. */
export function plain(text: string): string {
  return text.replace(UNSEEN, '?');
}

/** The same of a text of several lines. */
export function plainLines(text: string): string {
  return text.replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : '?'));
}
