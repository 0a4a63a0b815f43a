import { CLASSES, classOf, LAST_OF_WORD, UNSPACED } from './characters';
import { GROUP, type GroupName, LEXICON, UNIT_TOKENS } from './lexicon';

/** What is known of one word. */
export interface WordEntry {
  /** Bits of `GROUP`. */
  groups: number;
  /** Tokens of an answer's unit of length, for words such as "sentence". */
  unitTokens: number;
  /** Keywords that begin with this word, and examples that contain it: indices into the recogniser's own lists. */
  readonly keywords: number[];
  readonly examples: number[];
}

export interface Hit {
  readonly entry: WordEntry;
  /** Positions in the reading's `lower`. */
  readonly start: number;
  readonly end: number;
}

/** What one pass over a text found. */
export interface Reading {
  /** The text in lower case; all positions are in it. */
  readonly lower: string;
  readonly words: number;
  /** Words of at least four letters, and characters of unspaced scripts. */
  readonly contentWords: number;
  /** Lines that begin as a list does. */
  readonly listItems: number;
  /** Mathematical signs. */
  readonly mathSigns: number;
  /** The first occurrences of known words and every unit of length, in order. */
  readonly hits: readonly Hit[];
  /** Distinct known words in each group. */
  readonly counts: Readonly<Record<GroupName, number>>;
}

/** Slots of the filter that keeps unknown words, most of any text, from being cut out and looked up. */
const FILTER_SLOTS = 1 << 14;
const HASH_FACTOR = 31;
/** Known words are shorter; what is longer is no word of a lexicon. */
const LONGEST_WORD = 40;
export const CONTENT_LETTERS = 4;
const MATH_SIGN = /[=^\\∑∏∫√∞≤≥≠≈±×÷∂∇∀∃∈⊂∪∩→⇒⇔]/g;
const LIST_ITEM = /^[ \t]{0,12}(?:[-*•]|\d{1,3}[.)])[ \t]/gm;

const GROUP_NAMES = Object.keys(GROUP) as GroupName[];
const NO_COUNTS = Object.fromEntries(GROUP_NAMES.map((name) => [name, 0])) as Record<GroupName, number>;

function hashOf(word: string): number {
  let hash = 0;
  for (let index = 0; index < word.length; index++) hash = (Math.imul(hash, HASH_FACTOR) + word.charCodeAt(index)) | 0;
  return hash;
}

/** Words a policy wants found, on top of the built-in lexicon. */
export class Vocabulary {
  private readonly entries = new Map<string, WordEntry>();
  private readonly filter = new Uint8Array(FILTER_SLOTS);

  constructor() {
    for (const [groups, words] of LEXICON) {
      const bits = groups.reduce((sum, name) => sum | GROUP[name], 0);
      for (const word of words.split(/\s+/)) for (const form of [word, `${word}s`]) this.entry(form).groups |= bits;
    }
    for (const [unit, tokens] of Object.entries(UNIT_TOKENS)) {
      for (const form of [unit, `${unit}s`]) {
        this.entry(form).groups |= GROUP.unit;
        this.entry(form).unitTokens = tokens;
      }
    }
  }

  /** The entry of a word, made if it is new. */
  entry(word: string): WordEntry {
    const known = this.entries.get(word);
    if (known) return known;
    const made: WordEntry = { groups: 0, unitTokens: 0, keywords: [], examples: [] };
    this.entries.set(word, made);
    this.filter[hashOf(word) & (FILTER_SLOTS - 1)] = 1;
    return made;
  }

  find(text: string, start: number, end: number, hash: number): WordEntry | undefined {
    if (this.filter[hash & (FILTER_SLOTS - 1)] === 0 || end - start > LONGEST_WORD) return undefined;
    return this.entries.get(text.slice(start, end));
  }
}

function countGroups(entries: Iterable<WordEntry>): Record<GroupName, number> {
  const counts = { ...NO_COUNTS };
  for (const { groups } of entries) {
    // From the lowest set bit to the highest.
    for (let rest = groups; rest !== 0; rest &= rest - 1) {
      counts[GROUP_NAMES[31 - Math.clz32(rest & -rest)] as GroupName]++;
    }
  }
  return counts;
}

/** Reads a text once: every character looked at, every word that may be known looked up. */
export function readText(text: string, vocabulary: Vocabulary): Reading {
  const lower = text.toLowerCase();
  const classes = CLASSES;
  const lastOfWord = LAST_OF_WORD;
  const unspaced = UNSPACED;
  const hits: Hit[] = [];
  const seen = new Set<WordEntry>();

  const closeWord = (start: number, end: number, hash: number): void => {
    const entry = vocabulary.find(lower, start, end, hash);
    // A keyword's first word may stand in many places, and only some of them go on as the keyword does.
    if (entry && (entry.unitTokens > 0 || entry.keywords.length > 0 || !seen.has(entry))) {
      seen.add(entry);
      hits.push({ entry, start, end });
    }
  };

  // What changes with every character stays out of the closure, or it could not stay in a register.
  let words = 0;
  let contentWords = 0;
  let start = -1;
  let hash = 0;
  for (let position = 0; position < lower.length; position++) {
    const code = lower.charCodeAt(position);
    const kind = classes[code] || classOf(code);
    if (kind <= lastOfWord) {
      if (start === -1) start = position;
      hash = (Math.imul(hash, HASH_FACTOR) + code) | 0;
      continue;
    }
    if (start !== -1) {
      words++;
      if (position - start >= CONTENT_LETTERS) contentWords++;
      closeWord(start, position, hash);
      start = -1;
      hash = 0;
    }
    if (kind !== unspaced) continue;
    words++;
    contentWords++;
    closeWord(position, position + 1, code);
  }
  if (start !== -1) {
    words++;
    if (lower.length - start >= CONTENT_LETTERS) contentWords++;
    closeWord(start, lower.length, hash);
  }
  const listItems = lower.match(LIST_ITEM)?.length ?? 0;
  const mathSigns = lower.match(MATH_SIGN)?.length ?? 0;
  return { lower, words, contentWords, listItems, mathSigns, hits, counts: countGroups(seen) };
}
