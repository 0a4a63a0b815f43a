import { begun, fromHex, hex, mixed, scattered } from './hash';

/** Bits in words of 32, and of how many shingles. */
export interface Drawn {
  readonly words: readonly number[];
  readonly shingles: number;
}

/** Of a longer text its beginning and its end are read, half of this each. */
const MOST_CHARACTERS = 65_536;

/** From here on scripts mostly write without spaces, so that each character counts as a word. */
const UNSPACED = 0x2e80;

/**
 * A row of bits, of which each shingle of a text (a word and the one before it) turns one over. What two texts have in common
 * cancels out, so their sketches differ in as many bits as the texts do in shingles, however long they are (an odd sketch,
 * Mitzenmacher, Pagh and Pham 2014).
 */
export class Sketch {
  private shingles = 0;
  private readonly words: Int32Array;
  private readonly lastBit: number;

  /** `length` is a power of two. */
  constructor(
    length: number,
    private readonly seed: number,
  ) {
    this.words = new Int32Array(length);
    this.lastBit = length * 32 - 1;
  }

  /** Case, punctuation and blanks make no difference. */
  add(text: string): void {
    const half = MOST_CHARACTERS / 2;
    const read = text.length <= MOST_CHARACTERS ? text : `${text.slice(0, half)} ${text.slice(-half)}`;
    const lower = read.toLowerCase();
    let before = this.seed;
    let word = 0;
    for (let at = 0; at < lower.length; at += 1) {
      const code = lower.charCodeAt(at);
      const kind = code < 128 ? (ASCII[code] as number) : kindOf(code);
      if (kind === LETTER) {
        word = word === 0 ? begun(code) : mixed(word, code);
        continue;
      }
      if (word !== 0) before = this.turn(before, word);
      word = 0;
      if (kind === WHOLE_WORD) before = this.turn(before, begun(code));
    }
    if (word !== 0) this.turn(before, word);
  }

  toString(): string {
    return [...this.words].map(hex).join('') + this.shingles.toString(36);
  }

  /** Turns over the bit of a word that follows another, and gives the word. */
  private turn(before: number, word: number): number {
    const bit = scattered(mixed(scattered(before ^ this.seed), word)) & this.lastBit;
    const at = bit >>> 5;
    this.words[at] = (this.words[at] as number) ^ (1 << (bit & 31));
    this.shingles += 1;
    return word;
  }
}

const GAP = 0;
const LETTER = 1;
const WHOLE_WORD = 2;

/** Looked up for each character of every prompt. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-z0-9]/.test(String.fromCharCode(code)) ? LETTER : GAP,
);

/** Marks and signs beyond ASCII: of Latin, general, CJK and full width. */
const MARKS: readonly (readonly [from: number, to: number])[] = [
  [0x80, 0xbf],
  [0x2000, 0x206f],
  [0x3000, 0x303f],
  [0xff00, 0xff0f],
  [0xff1a, 0xff20],
];

function kindOf(code: number): number {
  if (MARKS.some(([from, to]) => code >= from && code <= to)) return GAP;
  return code < UNSPACED ? LETTER : WHOLE_WORD;
}

export function readSketch(text: string, length: number): Drawn {
  const digits = length * 8;
  return { words: fromHex(text.slice(0, digits)), shingles: Number.parseInt(text.slice(digits), 36) };
}

/** In bits. */
export function difference(one: Drawn, other: Drawn): number {
  let bits = 0;
  for (const [at, word] of one.words.entries()) {
    for (let rest = word ^ (other.words[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1;
  }
  return bits;
}
