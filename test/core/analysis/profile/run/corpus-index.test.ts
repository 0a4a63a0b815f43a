import { describe, expect, it } from 'vitest';
import { AnswerTable, unitOf } from '../../../../../lib/core/analysis/profile/answer-table';
import { certify } from '../../../../../lib/core/analysis/profile/certify';
import { aPolicy, aTask, aTier } from '../../../../builders';
import { anAnswer } from '../worlds';
import { indexOf } from './a-run';

const TASK = aTask({ id: 'task', ladder: ['small'], target: { passRate: 0.95, confidence: 0.95 }, oracle: [] });
const POLICY = aPolicy({
  tiers: [aTier({ id: 'small' })],
  tasks: [TASK, aTask({ id: 'other', ladder: ['small'], oracle: [] })],
});

const line = (id: string, prompt: string, rest: object = {}) => JSON.stringify({ id, task: 'task', prompt, ...rest });

/** Ids of the rows that are one unit, in the corpus's order. */
function units(lines: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const row of indexOf(lines, POLICY).rows) {
    const unit = `${row.task} ${unitOf(row)}`;
    groups.set(unit, [...(groups.get(unit) ?? []), row.id]);
  }
  return [...groups.values()];
}

describe('rows of one prompt', () => {
  it.each<[string, readonly string[], string[][]]>([
    ['are one group', [line('a', 'p'), line('b', 'q'), line('c', 'p')], [['a', 'c'], ['b']]],
    [
      'join the group of the other',
      [line('a', 'p'), line('b', 'q', { group: 'g' }), line('c', 'p', { group: 'g' })],
      [['a', 'b', 'c']],
    ],
    [
      'join two groups',
      [
        line('a', 'p', { group: 'g' }),
        line('b', 'q', { group: 'h' }),
        line('c', 'r', { group: 'g' }),
        line('d', 'r', { group: 'h' }),
        line('e', 's'),
      ],
      [['a', 'b', 'c', 'd'], ['e']],
    ],
    ['are two of two tasks', [line('a', 'p'), line('b', 'p', { task: 'other' })], [['a'], ['b']]],
    [
      'are the same however they are written',
      [line('a', 'p'), JSON.stringify({ id: 'b', task: 'task', messages: [{ role: 'user', content: 'p' }] })],
      [['a', 'b']],
    ],
  ])('%s', (_name, lines, expected) => {
    expect(units(lines)).toEqual(expected);
  });

  it('are counted, adversarial ones apart', () => {
    const lines = [line('a', 'p'), line('b', 'p'), line('c', 'p', { tags: ['adversarial'] }), line('d', 'q')];
    expect([...indexOf(lines, POLICY).repeated]).toEqual([['task', 1]]);
  });

  it('certify no more than one of them does', () => {
    const certified = (prompt: (index: number) => string) => {
      const lines = Array.from({ length: 118 }, (_, index) => line(`r${index}`, prompt(index)));
      const { rows } = indexOf(lines, POLICY);
      const answers = new AnswerTable(rows.map(({ id }) => anAnswer({ row: id, tier: 'small' })));
      return certify({ task: TASK, rows, answers, costUsd: { small: 1 } });
    };
    expect(certified((index) => `prompt ${index}`)).toMatchObject({ tier: 'small', n: 118 });
    expect(certified((index) => `prompt ${index >> 1}`)).toMatchObject({ tier: 'small', n: 118 });
    expect(certified((index) => `prompt ${index % 58}`)).toHaveProperty('refused');
  });
});

describe('a key that nobody reads', () => {
  it('is told of once where it was probably meant for another', () => {
    const lines = [line('a', 'p', { wieght: 2, note: 1 }), line('b', 'q', { wieght: 2 }), line('c', 'r', { Tag: [] })];
    expect(indexOf(lines, POLICY).misspelt).toEqual([
      { given: 'wieght', meant: 'weight', rows: 2, place: 'corpus:1' },
      { given: 'Tag', meant: 'tags', rows: 1, place: 'corpus:3' },
    ]);
  });

  it('is none of those of an outcome', () => {
    const outcome = { quality: {}, answers: {}, split: 'test', source: 'profile', calls: {} };
    expect(indexOf([line('a', 'p', outcome)], POLICY).misspelt).toEqual([]);
  });
});
