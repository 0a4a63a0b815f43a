import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Terminal } from '../../../bin/commands/command';
import { readReviewSheet, writeReviewSheet } from '../../../bin/profile/review-sheet';
import { readCsv, writeCsv } from '../../../lib/core/analysis/profile/review/csv';
import { parsePolicy } from '../../../lib/core/policy/parse';
import type { Policy } from '../../../lib/core/types-policy';
import { aPolicy, SET } from '../a-policy';
import { scratch } from '../command-line';

const folder = scratch();
afterAll(() => folder.remove());

const TERMINAL: Terminal = { out: () => {}, err: () => {}, readStdin: async () => '', environment: {} };

function policyOf(): Policy {
  const result = parsePolicy(aPolicy(), { variables: SET, unset: 'fault' });
  if (!result.ok) throw new Error('not valid');
  return result.policy;
}

/** Forty rows, of which the small tier fails every fourth and leaves one without an answer. */
const OUTCOMES = folder.file(
  'outcomes.jsonl',
  Array.from({ length: 40 }, (_, index) =>
    JSON.stringify({
      id: `row-${index}`,
      task: 'triage',
      prompt: `mail ${index}`,
      expect: 'bug',
      quality: { small: index % 4 === 0 ? 0 : 1, large: 1 },
      answers: { ...(index !== 3 && { small: `small says ${index}` }), large: `large says ${index}` },
    }),
  ).join('\n'),
);

const OPTIONS = { policy: policyOf(), outcomes: OUTCOMES, folder: folder.path, size: 12, seed: 1, profile: 'desk-1' };

describe('the review sheet of a profile', () => {
  it('is drawn from the outcomes, of every kind as many, and written as CSV and as a page', async () => {
    const written = await writeReviewSheet(OPTIONS);
    expect(written).toEqual({
      answers: 12,
      csv: join(folder.path, 'review.csv'),
      page: join(folder.path, 'review.html'),
    });
    const [, ...rows] = readCsv(readFileSync(written.csv, 'utf8')).map(({ cells }) => cells);
    const [failed, passed, large] = [/^small says (0|\d*[02468])$/, /^small says/, /^large says/].map(
      (pattern) => rows.filter((cells) => pattern.test(cells[7] ?? '')).length,
    );
    expect([rows.length, failed, passed, large]).toEqual([12, expect.any(Number), 8, 4]);
    expect(
      rows.every(
        ([, , , task, acceptable, , expected]) => [task, acceptable, expected].join() === 'triage,a label,bug',
      ),
    ).toBe(true);
    const page = readFileSync(written.page, 'utf8');
    for (const cells of rows) expect(page).toContain(`data-id="${cells[0]}"`);
  });

  it('asks people only of tasks that await them, where there are any', async () => {
    const waiting = aPolicy({ oracle: '[{ kind: human }]' }).replace(
      / {2}triage:\n([\s\S]*?)default:/,
      (block, task: string) => `${block.replace(/default:$/, '')}  sorted:\n${task.replace('human', 'exact')}default:`,
    );
    const result = parsePolicy(waiting, { variables: SET, unset: 'fault' });
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    const both = readFileSync(OUTCOMES, 'utf8').split('\n');
    const sorted = both.map((line) => line.replace('"row-', '"sorted-').replace('"triage"', '"sorted"'));
    const outcomes = folder.file('two-tasks.jsonl', [...both, ...sorted].join('\n'));
    const { csv } = await writeReviewSheet({ ...OPTIONS, outcomes, policy: result.policy });
    const [, ...rows] = readCsv(readFileSync(csv, 'utf8')).map(({ cells }) => cells);
    expect(new Set(rows.map((cells) => cells[3]))).toEqual(new Set(['triage']));
    expect(rows).toHaveLength(12);
  });

  it('comes back as the verdicts that profiling takes', async () => {
    const { csv } = await writeReviewSheet(OPTIONS);
    const rows = readCsv(readFileSync(csv, 'utf8')).map(({ cells }) => [...cells]);
    const filled = rows.map((cells, index) =>
      cells.map((cell, at) => (at === 1 && index > 1 ? (index % 2 ? 'pass' : 'fail') : cell)),
    );
    writeFileSync(csv, writeCsv(filled));
    const { verdicts, open } = await readReviewSheet(csv, OPTIONS.policy, TERMINAL);
    expect([verdicts.size, open]).toEqual([11, 1]);
    const [id, word, , , , , , answer] = filled[2] as string[];
    const tier = (answer as string).split(' ')[0];
    expect(verdicts.get(`${tier} ${id?.split('#')[0]}`)).toBe(word === 'pass');
  });

  it('that was filled in wrongly is refused with its lines', async () => {
    const file = folder.file('wrong.csv', 'id,verdict\r\nrow-1#00000000,pass\r\nrow-2#x,maybe\r\n');
    await expect(readReviewSheet(file, OPTIONS.policy, TERMINAL)).rejects.toThrow(
      `${file} is no sheet of verdicts:\n  ${file}:2: "row-1#00000000" names no answer of a tier of the policy\n  ${file}:3: "maybe" is no verdict; write pass or fail`,
    );
  });
});
