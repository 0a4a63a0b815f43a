import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CorpusRow, promptOf } from '../../../examples/corpus/corpus-row';
import { generateCorpus } from '../../../examples/corpus/generate';
import { readCorpus } from '../../../examples/corpus/read';

const FOLDER = join(__dirname, '../../../examples/corpus');
const LEAST = {
  'ticket-triage': 170,
  'field-extraction': 170,
  'faq-answering': 80,
  summarising: 80,
  'multi-step-reasoning': 80,
  'code-writing': 80,
};

const rows = readCorpus(FOLDER);
const rowsOf = (task: string) => rows.filter((row) => row.task === task);

describe('the sample corpus', () => {
  it('is what its generators write, byte for byte', () => {
    for (const [name, text] of generateCorpus())
      expect(readFileSync(join(FOLDER, name), 'utf8') === text, name).toBe(true);
  });

  it.each(Object.entries(LEAST))('holds enough rows of %s', (task, least) => {
    expect(rowsOf(task).length).toBeGreaterThanOrEqual(least);
  });

  it('has no task that is not counted above', () => {
    expect([...new Set(rows.map((row) => row.task))].sort()).toEqual(Object.keys(LEAST).sort());
  });

  it('has an id, one difficulty, a weight and an expectation in every row', () => {
    for (const row of rows) {
      expect(
        row.tags.filter((tag) => ['easy', 'medium', 'hard'].includes(tag)),
        row.id,
      ).toHaveLength(1);
      expect(row.weight, row.id).toBeGreaterThan(0);
      expect(row.expect, row.id).toBeDefined();
    }
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  });

  it('weighs all rows of a task alike', () => {
    for (const task of Object.keys(LEAST)) expect(new Set(rowsOf(task).map((row) => row.weight)).size, task).toBe(1);
  });

  it('leaves no slot of a template unfilled', () => {
    for (const row of rows.filter(({ task }) => task !== 'code-writing' && task !== 'ticket-triage')) {
      expect(promptOf(row), row.id).not.toMatch(/\{\w+\}|undefined|NaN/);
    }
  });

  it('has no two prompts alike', () => {
    expect(new Set(rows.map(promptOf)).size).toBe(rows.length);
  });

  it.each(Object.keys(LEAST))('has no two prompts of %s that share nine tenths of their runs of five words', (task) => {
    const shingled = rowsOf(task).map((row) => ({ id: row.id, shingles: shinglesOf(promptOf(row)) }));
    const alike = shingled.flatMap((one, index) =>
      shingled
        .slice(index + 1)
        .flatMap((other) => (overlap(one.shingles, other.shingles) > 0.9 ? [`${one.id} ${other.id}`] : [])),
    );
    expect(alike).toEqual([]);
  });

  it.each(Object.keys(LEAST))('does not give the difficulty of %s away by one word', (task) => {
    expect(tellingWords(rowsOf(task), (row) => row.tags.includes('hard'))).toEqual([]);
  });

  it('does not give the label of an e-mail away by one word', () => {
    const letters = rowsOf('ticket-triage');
    for (const label of new Set(letters.map((row) => row.expect))) {
      expect(
        tellingWords(letters, (row) => row.expect === label),
        String(label),
      ).toEqual([]);
    }
  });

  it('has answers that can be read off the prompt where the task is to find them', () => {
    for (const row of rowsOf('summarising')) {
      for (const fact of row.expect as string[]) expect(promptOf(row), row.id).toContain(fact);
    }
    for (const row of rowsOf('field-extraction')) {
      const { vendor, number } = row.expect as { vendor: string; number: string };
      expect(promptOf(row), row.id).toContain(vendor);
      expect(promptOf(row), row.id).toContain(number);
    }
  });
});

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function shinglesOf(text: string): Set<string> {
  const words = wordsOf(text);
  return new Set(
    words.slice(0, Math.max(1, words.length - 4)).map((_, start) => words.slice(start, start + 5).join(' ')),
  );
}

/** Share of the shorter text's shingles that the longer one holds. */
function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let shared = 0;
  for (const shingle of small) if (large.has(shingle)) shared += 1;
  return shared / small.size;
}

/** Words that stand in most of the rows in question and hardly anywhere else. */
function tellingWords(among: readonly CorpusRow[], wanted: (row: CorpusRow) => boolean): string[] {
  const [hits, others] = [among.filter(wanted), among.filter((row) => !wanted(row))];
  const share = (list: readonly CorpusRow[], word: string) =>
    list.filter((row) => wordsOf(promptOf(row)).includes(word)).length / list.length;
  const words = new Set(hits.flatMap((row) => wordsOf(promptOf(row))));
  const frequent = [...words].filter((word) => share(hits, word) > 0.6);
  return frequent.filter((word) => share(others, word) < 0.15);
}
