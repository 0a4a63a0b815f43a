import { writeCsv } from './csv';
import { reviewCode } from './review-code';

/** An answer as a person gets to judge it: without the tier it is from, and without what anything else thought of it. */
export interface ReviewItem {
  readonly row: string;
  readonly task: string;
  readonly tier: string;
  readonly prompt: string;
  /** What a good answer holds, as the corpus says. */
  readonly expect?: unknown;
  readonly answer: string;
}

/** What the task's owner calls a good answer, by task. */
export type Acceptable = Readonly<Record<string, string>>;

const REVIEW_COLUMNS = ['id', 'verdict', 'remark', 'task', 'acceptable', 'prompt', 'expect', 'answer'] as const;

/** The sheet as CSV: a verdict of `pass` or `fail` goes into each row's second cell. */
export function reviewCsv(items: readonly ReviewItem[], acceptable: Acceptable): string {
  const rows = items.map(({ row, tier, task, prompt, expect, answer }) => [
    reviewCode(row, tier),
    '',
    '',
    task,
    acceptable[task] ?? '',
    prompt,
    expectText(expect),
    answer,
  ]);
  return writeCsv([REVIEW_COLUMNS, ...rows]);
}

export function expectText(expect: unknown): string {
  if (expect === undefined) return '';
  return typeof expect === 'string' ? expect : JSON.stringify(expect);
}
