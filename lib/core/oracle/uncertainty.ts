import type { OracleSpec } from '../types-policy';
import type { ForesightedOracle } from './foresighted-oracle';
import { textOracle } from './text-oracle';

/** How models say that they do not know, cannot, or will not. */
const HEDGES = [
  "i'm not sure",
  'i am not sure',
  "i'm not certain",
  'i am not certain',
  "i'm uncertain",
  'i am uncertain',
  "i don't know",
  'i do not know',
  "i don't have enough information",
  'i do not have enough information',
  "i don't have access to",
  'i do not have access to',
  'not enough information',
  'insufficient information',
  'i cannot determine',
  "i can't determine",
  'i am unable to',
  "i'm unable to",
  'i cannot answer',
  "i can't answer",
  'it is unclear',
  "it's unclear",
  'cannot be determined',
  'hard to say',
  'as an ai',
  'as a language model',
  'as a large language model',
];

/** Of a text that goes on: its last word may be the beginning of another, and `unclear` that of `unclearly`. */
const UNFINISHED_WORD = /[\p{L}\p{N}'’‘ʼ`´]+$/u;

const APOSTROPHES = /['’‘ʼ`´]/g;

/** The text holds none of the phrases: whole words, whatever their case, apostrophes and spacing. */
export function uncertainty(spec: Extract<OracleSpec, { kind: 'uncertainty' }>): ForesightedOracle {
  const phrases = (spec.phrases ?? HEDGES).map(plain).filter((phrase) => phrase !== '');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${phrases.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'u');
  const fault = (text: string) =>
    phrases.length > 0 && pattern.test(plain(text)) ? 'the answer says that it is unsure' : undefined;
  return textOracle('uncertainty', fault, undefined, (text) => fault(text.replace(UNFINISHED_WORD, '')));
}

function plain(text: string): string {
  return text.toLowerCase().replace(APOSTROPHES, '').replace(/\s+/g, ' ').trim();
}

function escaped(phrase: string): string {
  return phrase.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
