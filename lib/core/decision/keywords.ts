/** Letters, digits, marks and connectors continue a word. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Scripts written without spaces, or with particles grown onto words, have no word ends to look for. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WHITE_SPACE = /\s/;

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Whether a word goes on from the character before a position to the one at it. */
function joins(text: string, position: number): boolean {
  const before = text[position - 1];
  const after = text[position];
  if (before === undefined || after === undefined) return false;
  return WORD.test(before) && WORD.test(after) && !UNSPACED.test(before) && !UNSPACED.test(after);
}

function afterSpace(text: string, position: number): number {
  let at = position;
  while (at < text.length && WHITE_SPACE.test(text.charAt(at))) at++;
  return at;
}

/** Where the pieces end that begin at a position with any white space between them, or -1 where they do not stand there. */
function endOf(pieces: readonly string[], text: string, position: number): number {
  let end = position;
  for (const [index, piece] of pieces.entries()) {
    const at = index === 0 ? end : afterSpace(text, end);
    if (index > 0 && at === end) return -1;
    if (!text.startsWith(piece, at)) return -1;
    end = at + piece.length;
  }
  return end;
}

function standsIn(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] as string;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    if (joins(text, at)) continue;
    const end = endOf(pieces, text, at);
    if (end !== -1 && !joins(text, end)) return true;
  }
  return false;
}

/**
 * Compiles keywords, words or phrases, into a test that holds when any of them stands in a text as whole words, whatever
 * its case and spacing.
 */
export function compileKeywords(keywords: readonly string[]): (text: string) => boolean {
  const wanted = keywords.map((keyword) => folded(keyword).trim()).filter((keyword) => keyword !== '');
  const split = wanted.map((keyword) => keyword.split(/\s+/));
  return (text) => {
    const searched = folded(text);
    return split.some((pieces) => standsIn(searched, pieces));
  };
}
