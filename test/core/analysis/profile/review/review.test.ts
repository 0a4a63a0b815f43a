import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, writeCsv } from '../../../../../lib/core/analysis/profile/review/csv';
import { type ReviewCandidate, ReviewDraw } from '../../../../../lib/core/analysis/profile/review/draw-review';
import { readVerdicts } from '../../../../../lib/core/analysis/profile/review/read-verdicts';
import { readReviewCode, reviewCode } from '../../../../../lib/core/analysis/profile/review/review-code';
import { reviewPage } from '../../../../../lib/core/analysis/profile/review/review-page';
import { type ReviewItem, reviewCsv } from '../../../../../lib/core/analysis/profile/review/review-sheet';

const TIERS = ['small', 'mid', 'frontier'];

function candidates(rows: number): ReviewCandidate[] {
  return ['triage', 'faq'].flatMap((task) =>
    Array.from({ length: rows }, (_, index) =>
      TIERS.map((tier) => ({ row: `${task}-${index}`, task, tier, pass: index % 10 !== 0 })),
    ).flat(),
  );
}

function drawnOf(all: readonly ReviewCandidate[], size: number, seed = 1): readonly ReviewCandidate[] {
  const draw = new ReviewDraw(size, seed);
  for (const candidate of all) draw.add(candidate);
  return draw.drawn();
}

function countBy(drawn: readonly ReviewCandidate[], of: (candidate: ReviewCandidate) => unknown): number[] {
  const counts = new Map<string, number>();
  for (const one of drawn) counts.set(String(of(one)), (counts.get(String(of(one))) ?? 0) + 1);
  return [...counts.values()];
}

describe('the draw', () => {
  it('takes as many of each task, tier and verdict, however rare it is', () => {
    const drawn = drawnOf(candidates(200), 60);
    expect(drawn).toHaveLength(60);
    expect(countBy(drawn, ({ task, tier, pass }) => [task, tier, pass])).toEqual(new Array(12).fill(5));
  });

  it('takes more of the others where one has few', () => {
    const drawn = drawnOf(candidates(20), 60);
    expect(drawn).toHaveLength(60);
    expect(drawn.filter(({ pass }) => !pass)).toHaveLength(12);
    expect(drawnOf(candidates(2), 60)).toHaveLength(12);
  });

  it('is the same for the same seed whatever the order, and another for another', () => {
    const all = candidates(100);
    expect(drawnOf([...all].reverse(), 24)).toEqual(drawnOf(all, 24));
    expect(drawnOf(all, 24, 2)).not.toEqual(drawnOf(all, 24));
  });

  it('tells nothing by its order', () => {
    const drawn = drawnOf(candidates(400), 120);
    const half = drawn.slice(0, 60);
    expect(Math.max(...countBy(half, ({ tier }) => tier))).toBeLessThan(32);
    expect(half.filter(({ pass }) => pass).length).toBeGreaterThan(18);
  });
});

describe('a code', () => {
  it('leads back to its row and tier, and does not name the tier', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...TIERS), (row, tier) => {
        const code = reviewCode(row, tier);
        expect(readReviewCode(code, TIERS)).toEqual({ row, tier });
        expect(code.slice(row.length)).toMatch(/^#[0-9a-f]{8}$/);
      }),
    );
  });

  it('of a tier that is not there leads nowhere', () => {
    expect(readReviewCode(reviewCode('a', 'gone'), TIERS)).toBeUndefined();
    expect(readReviewCode('nonsense', TIERS)).toBeUndefined();
  });
});

describe('CSV', () => {
  it('comes back as it was written, whatever is in it', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é') });
    const kept = cell.filter((text) => !text.startsWith('\r'));
    const row = fc.array(kept, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const all = [['id', 'verdict'], ...rows];
        expect(readCsv(writeCsv(all)).map(({ cells }) => cells)).toEqual(all);
      }),
    );
  });

  it.each([
    ['a byte order mark', '\u{feff}id,verdict\r\na,pass\r\n'],
    ['semicolons', 'id;verdict\na;pass'],
    ['tabs', 'id\tverdict\ra\tpass\n'.replace('\r', '\n')],
    ['blank lines', 'id,verdict\n\na,pass\n\n'],
  ])('is read with %s', (_name, text) => {
    expect(readCsv(text).map(({ cells }) => cells)).toEqual([
      ['id', 'verdict'],
      ['a', 'pass'],
    ]);
  });

  it('knows the line a row began on, and keeps what a prompt says from being computed', () => {
    expect(readCsv('id,v\r\n"a\r\nb",1\r\nc,2\r\n').map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(writeCsv([['=HYPERLINK("x")', '-1', 'a']])).toBe(`"'=HYPERLINK(""x"")",'-1,a\r\n`);
  });
});

const ITEMS: readonly ReviewItem[] = [
  { row: 'a', task: 'triage', tier: 'small', prompt: 'Which "label"?\nNow.', expect: 'bug', answer: 'bug' },
  { row: 'b', task: 'triage', tier: 'mid', prompt: '</script><b>', expect: { total: 3 }, answer: '<img src=x>' },
];

describe('a sheet', () => {
  const csv = reviewCsv(ITEMS, { triage: 'one label' });

  it('shows what was asked, expected and answered, and not whose answer it is', () => {
    expect(readCsv(csv).map(({ cells }) => cells)).toEqual([
      ['id', 'verdict', 'remark', 'task', 'acceptable', 'prompt', 'expect', 'answer'],
      [reviewCode('a', 'small'), '', '', 'triage', 'one label', 'Which "label"?\nNow.', 'bug', 'bug'],
      [reviewCode('b', 'mid'), '', '', 'triage', 'one label', '</script><b>', '{"total":3}', '<img src=x>'],
    ]);
    const page = reviewPage(ITEMS, {}, 'x');
    expect(`${csv}${page.slice(page.indexOf('<body>'))}`).not.toMatch(/\b(small|mid)\b/);
  });

  it('comes back with what people said', () => {
    const [heading, ...rows] = readCsv(csv).map(({ cells }) => [...cells]);
    const filled = rows.map((cells, index) => cells.map((cell, at) => (at === 1 ? ['Pass', 'no'][index] : cell) ?? ''));
    expect(readVerdicts(writeCsv([heading as string[], ...filled]), TIERS)).toEqual({
      verdicts: [
        { row: 'a', tier: 'small', pass: true },
        { row: 'b', tier: 'mid', pass: false },
      ],
      open: 0,
      faults: [],
    });
    expect(readVerdicts(csv, TIERS)).toEqual({ verdicts: [], open: 2, faults: [] });
  });

  it('says on which line something is wrong with it', () => {
    const code = reviewCode('a', 'small');
    const text = `id,verdict\n${code},perhaps\n${code},pass\n${code},fail\nx#1,pass\n${reviewCode('b', 'mid')},\n`;
    expect(readVerdicts(text, TIERS)).toMatchObject({
      open: 1,
      faults: [
        { line: 2, message: '"perhaps" is no verdict; write pass or fail' },
        { line: 4, message: `${code} is judged twice, and not alike` },
        { line: 5, message: '"x#1" names no answer of a tier of the policy' },
      ],
    });
    expect(readVerdicts('name,points\na,1\n', TIERS).faults).toMatchObject([{ line: 1 }]);
  });

  it('as a page holds what it shows as text, and asks for nothing', () => {
    const page = reviewPage(ITEMS, { triage: 'one <label>' }, 'sheet"1');
    expect(page).toContain('&lt;/script&gt;&lt;b&gt;');
    expect(page).toContain('data-sheet="sheet&quot;1"');
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|https?:|<[^>]* src=/);
  });
});
