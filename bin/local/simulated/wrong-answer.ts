import type { CorpusRow } from '../../../examples/corpus/corpus-row';
import { draw, pickBy } from './draw';
import {
  type AnswerStyle,
  codeOf,
  inSentence,
  piecesOf,
  rightAnswer,
  stepsFor,
  styleOf,
  summaryOf,
} from './right-answer';

/** A row and what else the same task's rows expect, which is where plausible mistakes come from. */
export interface Mistake {
  readonly row: CorpusRow;
  readonly others: readonly CorpusRow[];
  /** From 0 to below 1: which of the others. */
  readonly which: number;
}

type MistakeKind = (mistake: Mistake) => string;

/** The ways in which models fail, by what was asked of them; a kind that stands twice is twice as frequent. */
const KINDS: Readonly<Record<AnswerStyle, readonly MistakeKind[]>> = {
  label: [otherLabel, otherLabel, labelInProse, labelInProse, labelInCapitals, hedge],
  fields: [wrongField, wrongField, missingField, brokenJson, jsonInProse],
  phrase: [otherPhrase, otherPhrase, otherPhrase, hedge, hedge],
  facts: [lostFacts, lostFacts, rambling],
  number: [wrongNumber, wrongNumber, wrongNumber, hedge, noNumber],
  code: [truncatedCode, truncatedCode, incompleteCode, proseOnly],
};

/** Where decoding is bound to a schema only the content of a member can be wrong. */
export function wrongAnswer(mistake: Mistake, chance: number, boundToSchema: boolean): string {
  const style = styleOf(mistake.row);
  if (boundToSchema && style === 'fields') return wrongField(mistake);
  return pickBy(chance, KINDS[style])(mistake);
}

function otherLabel({ row, others, which }: Mistake): string {
  const labels = [...new Set(others.map((other) => String(other.expect)))]
    .filter((label) => label !== row.expect)
    .sort();
  return labels.length === 0 ? 'none' : pickBy(which, labels);
}

function labelInProse({ row }: Mistake): string {
  return `The category is: ${row.expect}.`;
}

function labelInCapitals({ row }: Mistake): string {
  const label = String(row.expect);
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}.`;
}

function hedge({ row }: Mistake): string {
  return pickBy(draw(row.id, 'hedge'), [
    "I'm not sure about this one; it could be read in several ways.",
    'I am not certain. There is not enough information to say.',
    'It is unclear from the text what the right answer would be.',
  ]);
}

function wrongField({ row, which }: Mistake): string {
  const members = Object.entries(row.expect as Record<string, string | number | null>);
  const target = pickBy(which, members)[0];
  return JSON.stringify(
    Object.fromEntries(members.map(([name, value]) => [name, name === target ? misread(value) : value])),
  );
}

function misread(value: string | number | null): string | number | null {
  if (value === null) return '2026-01-01';
  // The amount before a tax of twenty percent, which stands close by in many documents.
  if (typeof value === 'number') return Math.round((value / 1.2) * 100) / 100 + (value === 0 ? 1 : 0);
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (date === null) return value.slice(0, -1);
  const [, year, month, day] = date;
  return Number(day) <= 12 && day !== month ? `${year}-${day}-${month}` : `${Number(year) - 1}-${month}-${day}`;
}

function missingField({ row, which }: Mistake): string {
  const members = Object.entries(row.expect as Record<string, unknown>);
  const target = pickBy(which, members)[0];
  return JSON.stringify(Object.fromEntries(members.filter(([name]) => name !== target)));
}

function brokenJson({ row }: Mistake): string {
  const whole = JSON.stringify(row.expect);
  return whole.slice(0, Math.floor(whole.length * 0.8));
}

function jsonInProse({ row }: Mistake): string {
  return `Here is the JSON you asked for:\n\`\`\`json\n${JSON.stringify(row.expect)}\n\`\`\``;
}

function otherPhrase({ row, others, which }: Mistake): string {
  const right = piecesOf(row);
  const sentences = others
    .map((other) => inSentence(piecesOf(other)[0] ?? '', row.id))
    .filter((sentence) => !right.some((piece) => sentence.includes(piece)));
  return sentences.length === 0 ? 'The passage does not say.' : pickBy(which, sentences);
}

function lostFacts({ row, which }: Mistake): string {
  const facts = piecesOf(row);
  const kept = facts.filter((_, index) => index !== Math.floor(which * facts.length));
  // A lost fact may stand inside a kept one, as 12 in 2012; then nothing is kept.
  const lost = facts.filter((fact) => !kept.some((other) => other.includes(fact)));
  return lost.length === 0 ? 'The text treats several matters.' : summaryOf(['several matters', ...kept]);
}

function rambling({ row }: Mistake): string {
  const padding = 'This is mentioned in passing, and it may or may not matter to a reader of the text. '.repeat(14);
  return `${summaryOf(piecesOf(row))} ${padding}`.trim();
}

function wrongNumber({ row, which }: Mistake): string {
  const right = Number(row.expect);
  const wrong = pickBy(which, [right + 1, right - 1, right * 2, Math.round(right * 1.1) + 2, right + 10]);
  return `${stepsFor(row.id)}\nAnswer: ${wrong === right ? right + 3 : Math.round(wrong * 100) / 100}`;
}

function noNumber({ row }: Mistake): string {
  return `${stepsFor(row.id)} With these in hand the result follows at once.`;
}

function truncatedCode({ row }: Mistake): string {
  const whole = rightAnswer(row);
  return whole.slice(0, Math.floor(whole.length * 0.6));
}

function incompleteCode({ row, which }: Mistake): string {
  const pieces = piecesOf(row);
  const kept = pieces.filter((_, index) => index !== Math.floor(which * pieces.length));
  return codeOf(kept.filter((piece) => !pieces.some((other) => other !== piece && piece.includes(other))));
}

function proseOnly(): string {
  return 'You would go through the input once, collect what is needed on the way, and give it back at the end.';
}
