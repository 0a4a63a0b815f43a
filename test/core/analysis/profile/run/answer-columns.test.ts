import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerTable } from '../../../../../lib/core/analysis/profile/answer-table';
import type { CorpusAnswer } from '../../../../../lib/core/analysis/profile/profile-document';
import { AnswerColumns } from '../../../../../lib/core/analysis/profile/run/answer-columns';
import type { IndexedRow } from '../../../../../lib/core/analysis/profile/run/corpus-index';

const ROWS: readonly IndexedRow[] = ['a', 'b', 'c'].map((id, index) => {
  return { id, index, task: 'task', weight: 1, tags: [], digest: index };
});
const TIERS = ['small', 'large'];
const find = (id: string) => ROWS.find((row) => row.id === id);

const anAnswer: fc.Arbitrary<CorpusAnswer> = fc
  .record({
    row: fc.constantFrom('a', 'b', 'c'),
    tier: fc.constantFrom(...TIERS),
    verdict: fc.constantFrom(
      { pass: true, oracle: 'exact' },
      { pass: false, oracle: 'labels' },
      { failed: 'empty' },
      {},
    ),
    gate: fc.constantFrom({}, { gate: true }, { gate: false }),
    margin: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    costUsd: fc.double({ min: 0, max: 1, noNaN: true }),
    tokens: fc.nat(100_000),
    model: fc.constantFrom('one', 'two'),
  })
  .map(({ row, tier, verdict, gate, margin, costUsd, tokens, model }) => ({
    row,
    task: 'task',
    tier,
    sample: 0,
    ...verdict,
    ...gate,
    ...(margin !== undefined && { margin }),
    model,
    inputTokens: tokens,
    outputTokens: tokens + 1,
    costUsd,
    judgeCostUsd: costUsd / 2,
    latencyMs: tokens,
  }));

describe('AnswerColumns', () => {
  it('tells what a table of the same answers tells', () => {
    fc.assert(
      fc.property(fc.array(anAnswer, { maxLength: 12 }), (answers) => {
        const columns = new AnswerColumns(find, ROWS.length, TIERS);
        for (const answer of answers) columns.set(answer);
        const table = new AnswerTable(answers);
        for (const { id } of ROWS) {
          for (const tier of TIERS) {
            expect(columns.call(tier, id)).toEqual(table.call(tier, id));
            expect(columns.judged(tier, id)).toEqual(table.judged(tier, id));
          }
        }
      }),
    );
  });

  it('knows nothing of rows and tiers it was not made for', () => {
    const columns = new AnswerColumns(find, ROWS.length, TIERS);
    const [answer] = fc.sample(anAnswer, { numRuns: 1, seed: 1 }) as [CorpusAnswer];
    columns.set({ ...answer, row: 'z' });
    columns.set({ ...answer, tier: 'huge' });
    columns.set({ ...answer, tier: 'huge', sample: 1 });
    expect(columns.call('small', 'z')).toBeUndefined();
    expect(columns.call('huge', 'a')).toBeUndefined();
    expect(columns.repeats('task')).toEqual([]);
  });

  it('gives them tier by tier, in whatever order they came', () => {
    const columns = new AnswerColumns(find, ROWS.length, TIERS);
    const [answer] = fc.sample(anAnswer, { numRuns: 1, seed: 1 }) as [CorpusAnswer];
    const tiers = [...TIERS].reverse();
    for (const sample of [0, 1]) for (const tier of tiers) columns.set({ ...answer, row: 'a', tier, sample });
    const given = columns.repeats('task').map(({ tier }) => tier);
    expect(given).toEqual(TIERS.flatMap((tier) => [tier, tier]));
  });

  it('gives the answers of repeated rows, the first ones among them, and no others', () => {
    const columns = new AnswerColumns(find, ROWS.length, TIERS);
    const [answer] = fc.sample(anAnswer, { numRuns: 1, seed: 1 }) as [CorpusAnswer];
    for (const [row, sample] of [
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['a', 2],
    ] as const)
      columns.set({ ...answer, row, tier: 'small', sample });
    expect(columns.repeats('task').map(({ row, sample }) => [row, sample])).toEqual([
      ['a', 0],
      ['a', 1],
      ['a', 2],
    ]);
    expect(columns.sample('small', 'a', 2)).toMatchObject({ sample: 2 });
    expect(columns.repeats('other')).toEqual([]);
  });
});
