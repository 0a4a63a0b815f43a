import type { CorpusRow } from '../../../examples/corpus/corpus-row';
import { draw, pickBy } from './draw';

/** What kind of answer a row wants, as far as a simulated model tells them apart. */
export type AnswerStyle = 'label' | 'fields' | 'phrase' | 'facts' | 'number' | 'code';

export function styleOf({ task, expect }: CorpusRow): AnswerStyle {
  if (typeof expect === 'number') return 'number';
  if (task === 'code-writing') return 'code';
  if (task === 'faq-answering') return 'phrase';
  if (Array.isArray(expect)) return 'facts';
  return typeof expect === 'string' ? 'label' : 'fields';
}

export function rightAnswer(row: CorpusRow): string {
  switch (styleOf(row)) {
    case 'label':
      return String(row.expect);
    case 'fields':
      return JSON.stringify(row.expect);
    case 'phrase':
      return inSentence(piecesOf(row)[0] ?? '', row.id);
    case 'facts':
      return summaryOf(piecesOf(row));
    case 'number':
      return `${stepsFor(row.id)}\nAnswer: ${row.expect}`;
    case 'code':
      return codeOf(piecesOf(row));
  }
}

/** The parts of what is expected: each a piece that an answer should hold. */
export function piecesOf({ expect }: CorpusRow): readonly string[] {
  return Array.isArray(expect) ? expect : [String(expect)];
}

export function inSentence(phrase: string, seed: string): string {
  return pickBy(draw(seed, 'sentence'), [
    `According to the passage: ${phrase}.`,
    `The passage says ${phrase}.`,
    `It is ${phrase}, as the passage has it.`,
    `In the words of the passage, ${phrase}.`,
  ]);
}

export function summaryOf(facts: readonly string[]): string {
  const [first, ...others] = facts;
  return `The text, in short, is about ${first}. What should be kept from it besides: ${others.join(', ')}.`;
}

export function stepsFor(seed: string): string {
  return pickBy(draw(seed, 'steps'), [
    'First I write down what is given. Then I work out the intermediate result. Last comes what is asked for.',
    'Let us go step by step: the given values, what follows from them, and the sum of it.',
    'I set up what is known, solve for what is not, and check it against the text.',
  ]);
}

/** The pieces that a solution needs, fenced like one. A simulated model writes no program. */
export function codeOf(pieces: readonly string[]): string {
  const language = languageOf(pieces);
  const remark = { python: '#', sql: '--', typescript: '//' }[language];
  return [`\`\`\`${language}`, `${remark} pieces from a simulated model`, ...pieces, '```'].join('\n');
}

function languageOf(pieces: readonly string[]): 'python' | 'sql' | 'typescript' {
  if (pieces.some((piece) => piece.startsWith('def '))) return 'python';
  return pieces.some((piece) => piece.startsWith('function ')) ? 'typescript' : 'sql';
}
