// FNV-1a, in 32 bits. Hashes are signed: the engine keeps larger numbers apart, each in a place of its own.
const OFFSET = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** Of a longer text its length, its beginning and its end are read, half of this each: pictures travel as text. */
const MOST_CHARACTERS = 8192;

export function mixed(hash: number, code: number): number {
  return Math.imul(hash ^ code, PRIME);
}

/** The first step of a new hash. */
export function begun(code: number): number {
  return mixed(OFFSET, code);
}

export function hashText(text: string, hash = OFFSET): number {
  const half = MOST_CHARACTERS / 2;
  const read = text.length <= MOST_CHARACTERS ? text : text.slice(0, half) + text.slice(-half);
  let result = mixed(hash, text.length);
  for (let at = 0; at < read.length; at += 1) result = mixed(result, read.charCodeAt(at));
  return result;
}

/** So that every bit of a hash tells of every other (the finaliser of MurmurHash3). */
export function scattered(hash: number): number {
  let result = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  result = Math.imul(result ^ (result >>> 13), 0xc2b2ae35);
  return result ^ (result >>> 16);
}

const DIGITS = 8;

export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(DIGITS, '0');
}

/** What `hex` wrote, word after word. */
export function fromHex(digits: string): number[] {
  const words: number[] = [];
  for (let at = 0; at < digits.length; at += DIGITS) words.push(Number.parseInt(digits.slice(at, at + DIGITS), 16) | 0);
  return words;
}
