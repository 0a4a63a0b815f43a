/** Kinds of characters, as far as counting tokens and finding words needs them. The first five make up words. */

export const LOWER = 1;
export const UPPER = 2;
/** Latin letters beyond ASCII, and marks. */
export const ACCENTED = 3;
/** Letters of other alphabets that put spaces between words. */
export const ALPHABET = 4;
export const DIGIT = 5;
export const LAST_OF_WORD = DIGIT;
export const SPACE = 6;
export const NEWLINE = 7;
export const PUNCTUATION = 8;
/** Scripts written without spaces, or with particles grown onto words: every character stands for itself. */
export const UNSPACED = 9;
/** Everything else: emoji, surrogate halves, mathematical signs, controls. */
export const SYMBOL = 10;
/** A power of two above the kinds, for tables over pairs of them. */
export const KINDS = 16;

const UNSPACED_SCRIPTS =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;

function classify(code: number): number {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/\p{Nd}/u.test(character)) return DIGIT;
  if (/[\n\r\u2028\u2029]/.test(character)) return NEWLINE;
  if (/\s/.test(character)) return SPACE;
  if (UNSPACED_SCRIPTS.test(character)) return UNSPACED;
  if (/[\p{L}\p{M}]/u.test(character)) return /[\p{Script=Latin}\p{M}]/u.test(character) ? ACCENTED : ALPHABET;
  return code < 128 || /\p{P}/u.test(character) ? PUNCTUATION : SYMBOL;
}

/** Kind of each UTF-16 unit, filled as they are met; 0 is one not yet met. For loops that cannot afford a call. */
export const CLASSES = new Uint8Array(65_536);

/** Kind of a UTF-16 unit. */
export function classOf(code: number): number {
  const known = CLASSES[code];
  if (known) return known;
  const kind = classify(code);
  CLASSES[code] = kind;
  return kind;
}

/** Whether the character at a position may continue a word. Unspaced scripts are no part of longer words. */
export function isWordAt(text: string, position: number): boolean {
  return position >= 0 && position < text.length && classOf(text.charCodeAt(position)) <= LAST_OF_WORD;
}
