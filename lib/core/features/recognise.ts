import type { Policy } from '../types-policy';
import { classOf, isWordAt, LAST_OF_WORD, UNSPACED } from './characters';
import { CONTENT_LETTERS, type Hit, type Reading, type Vocabulary } from './reading';

/** Similarity from which an example counts: cosine over the sets of words of four letters and more. */
const SIMILAR = 0.55;
/** One shared word says little, however short the prompt. */
const FEWEST_SHARED_WORDS = 2;
/** By how much the best task must lead the next; a keyword counts 1, an example its similarity. */
const LEAD = 0.25;

interface Keyword {
  readonly task: number;
  /** What must follow the first word, white space aside: the rest of its first piece, then further pieces. */
  readonly pieces: readonly string[];
}

interface Example {
  readonly task: number;
  readonly words: number;
}

/** Words and single unspaced characters of a text, in lower case. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const character of `${text.normalize('NFC').toLowerCase()} `) {
    const kind = classOf(character.charCodeAt(0));
    if (kind <= LAST_OF_WORD) {
      word += character;
      continue;
    }
    if (word !== '') words.push(word);
    word = '';
    if (kind === UNSPACED) words.push(character);
  }
  return words;
}

function isContent(word: string): boolean {
  return word.length >= CONTENT_LETTERS || classOf(word.charCodeAt(0)) === UNSPACED;
}

function isSpace(text: string, position: number): boolean {
  return position < text.length && text.slice(position, position + 1).trim() === '';
}

/** Whether the pieces stand at the position, apart from how they are spaced, and end where a word ends. */
function standsAt(text: string, position: number, pieces: readonly string[]): boolean {
  let at = position;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) {
      if (!isSpace(text, at)) return false;
      while (isSpace(text, at)) at++;
    }
    if (!text.startsWith(piece, at)) return false;
    at += piece.length;
  }
  return !(isWordAt(text, at - 1) && isWordAt(text, at));
}

/** The leading task's index, if it leads by enough. */
function leader(evidence: readonly number[]): number | undefined {
  let best = -1;
  let most = 0;
  let next = 0;
  for (const [task, amount] of evidence.entries()) {
    if (amount > most) {
      next = most;
      most = amount;
      best = task;
    } else if (amount > next) next = amount;
  }
  return best !== -1 && most - next >= LEAD ? best : undefined;
}

/**
 * Compiles what the policy's tasks are recognised by into the vocabulary. The returned function names the task a text
 * belongs to, or undefined where none, or more than one, does.
 */
export function compileRecognise(policy: Policy, vocabulary: Vocabulary): (reading: Reading) => string | undefined {
  const tasks = Object.values(policy.tasks);
  const keywords: Keyword[] = [];
  const examples: Example[] = [];
  for (const [task, { recognise }] of tasks.entries()) {
    for (const keyword of recognise.keywords) {
      const pieces = keyword.normalize('NFC').toLowerCase().trim().split(/\s+/);
      const first = wordsOf(keyword)[0];
      if (first === undefined) continue;
      // A keyword such as ".net" is found by its first word; what stands before that word is looked at from there.
      vocabulary.entry(first).keywords.push(keywords.length);
      keywords.push({ task, pieces });
    }
    for (const text of recognise.examples) {
      const words = new Set(wordsOf(text).filter(isContent));
      for (const word of words) vocabulary.entry(word).examples.push(examples.length);
      examples.push({ task, words: words.size });
    }
  }
  if (keywords.length === 0 && examples.length === 0) return () => undefined;

  const countKeywords = (reading: Reading, evidence: number[]): void => {
    const found = new Set<number>();
    for (const { entry, start } of reading.hits) {
      for (const index of entry.keywords) {
        const { task, pieces } = keywords[index] as Keyword;
        if (found.has(index) || !standsAt(reading.lower, start - leadIn(pieces[0] as string), pieces)) continue;
        found.add(index);
        evidence[task] = (evidence[task] as number) + 1;
      }
    }
  };

  const countExamples = (reading: Reading, evidence: number[]): void => {
    const best = new Array<number>(tasks.length).fill(0);
    for (const [index, shared] of sharedWords(reading.hits)) {
      const { task, words } = examples[index] as Example;
      const similarity = shared / Math.sqrt(words * Math.max(shared, reading.contentWords));
      if (shared >= FEWEST_SHARED_WORDS && similarity >= SIMILAR)
        best[task] = Math.max(best[task] as number, similarity);
    }
    for (const [task, similarity] of best.entries()) evidence[task] = (evidence[task] as number) + similarity;
  };

  return (reading) => {
    const evidence = new Array<number>(tasks.length).fill(0);
    countKeywords(reading, evidence);
    countExamples(reading, evidence);
    const task = leader(evidence);
    return task === undefined ? undefined : tasks[task]?.id;
  };
}

/** Characters of a piece before its first word. */
function leadIn(piece: string): number {
  let position = 0;
  while (position < piece.length) {
    const kind = classOf(piece.charCodeAt(position));
    if (kind <= LAST_OF_WORD || kind === UNSPACED) break;
    position++;
  }
  return position;
}

/** Distinct words shared with each example that shares any. */
function sharedWords(hits: readonly Hit[]): Map<number, number> {
  const shared = new Map<number, number>();
  const seen = new Set<Hit['entry']>();
  for (const { entry } of hits) {
    if (entry.examples.length === 0 || seen.has(entry)) continue;
    seen.add(entry);
    for (const index of entry.examples) shared.set(index, (shared.get(index) ?? 0) + 1);
  }
  return shared;
}
