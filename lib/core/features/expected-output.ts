import type { Task } from '../types-policy';
import type { HumanText } from './human-text';
import type { Reading } from './reading';
import type { InputTokens } from './tokens';

/**
 * How long an answer to a prompt will be, where the policy does not say. Only the order of magnitude can be read from
 * words: guards and prices need 10 told apart from 1,000, not 200 from 250.
 */
const TOKENS = {
  label: 8,
  extract: 120,
  toolCall: 150,
  summary: { share: 1 / 8, least: 60, most: 500 },
  list: 200,
  explain: 350,
  code: 500,
  longform: 1000,
  other: 250,
} as const;

const FEWEST = 4;
/** More than any current model writes in one answer. */
const MOST = 32_000;
/** English prose, in characters a token. */
const CHARACTERS_PER_TOKEN = 4.4;

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  single: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  dozen: 12,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  fifty: 50,
  hundred: 100,
  thousand: 1000,
};

const NUMBER = `\\d{1,6}|${Object.keys(NUMBER_WORDS).join('|')}`;
const ASKING_WORD = [
  'in into as within under below most maximum max exactly precisely about around roughly approximately least than to',
  'write draft give list name provide generate produce suggest using with only just between top',
]
  .join(' ')
  .replaceAll(' ', '|');

/**
 * What stands before a unit where a length is asked for, not told: "in three short sentences", "a 500-word essay", but
 * not "the report has 12 pages". The number is the nearest to the unit, one word between them at most.
 */
const ASKED_LENGTH = new RegExp(
  `\\b(?:${ASKING_WORD})\\s(?:\\S{1,14}\\s){0,2}?(${NUMBER})[\\s-](?:(?!(?:${NUMBER})\\b)[a-z]{1,12}[\\s-])?$`,
);
/** How far before a unit its number and the asking word are looked for, and for how many units. */
const LOOK_BACK_CHARACTERS = 60;
const MOST_UNITS = 16;

const CHOICE_OF_TWO = /\b(?:yes or no|yes\/no|true or false|true\/false|one of the following)\b/;

function explicitLength(reading: Reading): number {
  let tokens = 0;
  let units = 0;
  for (const hit of reading.hits) {
    if (hit.entry.unitTokens === 0) continue;
    if (++units > MOST_UNITS) break;
    const before = reading.lower.slice(Math.max(0, hit.start - LOOK_BACK_CHARACTERS), hit.start);
    const number = ASKED_LENGTH.exec(before)?.[1];
    if (number === undefined) continue;
    tokens = Math.max(tokens, (NUMBER_WORDS[number] ?? Number(number)) * hit.entry.unitTokens);
  }
  return tokens;
}

function summaryLength(turnTokens: number): number {
  const { share, least, most } = TOKENS.summary;
  return Math.max(least, Math.min(most, turnTokens * share));
}

/** Tokens by the kind of thing asked for; of several kinds the first of this order. */
function lengthByKind(reading: Reading, human: HumanText, tools: boolean): number {
  const { counts } = reading;
  const turnTokens = human.turnCharacters / CHARACTERS_PER_TOKEN;
  if (counts.makeCode > 0 && counts.codeNoun > 0) return TOKENS.code;
  if (counts.label > 0 || CHOICE_OF_TWO.test(reading.lower)) return TOKENS.label;
  if (counts.summarise > 0) return summaryLength(turnTokens);
  if (counts.compose > 0 && counts.longform > 0) return TOKENS.longform;
  if (counts.rewrite > 0) return turnTokens;
  if (counts.explain > 0 || counts.proof > 0) return TOKENS.explain;
  if (counts.list > 0) return TOKENS.list;
  if (counts.extract > 0) return TOKENS.extract;
  return tools ? TOKENS.toolCall : TOKENS.other;
}

/** Expected output tokens of one choice: the task's own figure, else read from the prompt; never above the caller's limit. */
export function expectedOutput(
  task: Task,
  reading: Reading,
  human: HumanText,
  input: InputTokens,
  request: { readonly tools: boolean; readonly maxOutputTokens: number | undefined },
): number {
  const asked = (): number => {
    const length = explicitLength(reading);
    if (length > 0) return length;
    // A filled schema is about as long as the schema: values weigh what types and keywords did.
    return input.schema > 0 ? input.schema : lengthByKind(reading, human, request.tools);
  };
  const tokens = Math.ceil(task.expectedOutputTokens ?? Math.max(FEWEST, Math.min(MOST, asked())));
  return Math.min(tokens, request.maxOutputTokens ?? tokens);
}
