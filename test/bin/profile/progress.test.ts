import { describe, expect, it } from 'vitest';
import { progressBar } from '../../../bin/profile/progress';

function aBar(terminal: boolean) {
  const printed: string[] = [];
  const drawn: string[] = [];
  let atMs = 0;
  const bar = progressBar({
    print: (line) => printed.push(line),
    ...(terminal && { redraw: (line: string) => void drawn.push(line) }),
    spentUsd: () => 1.234,
    nowMs: () => atMs,
  });
  const at = (ms: number, done: number, asked = done): void => {
    atMs = ms;
    bar.tell({ done, total: 400, asked });
  };
  return { bar, printed, drawn, at };
}

describe('the progress of a profile', () => {
  it('is a line every few seconds where nobody looks at a terminal, and one at the end', () => {
    const { bar, printed, at } = aBar(false);
    at(1000, 10);
    at(5000, 100);
    at(6000, 120);
    at(10_500, 200);
    at(11_000, 210);
    bar.end();
    expect(printed).toEqual([
      '100 of 400 calls (25 %), $1.23, 15 s left',
      '200 of 400 calls (50 %), $1.23, 11 s left',
      '210 of 400 calls (52 %), $1.23, 10 s left',
    ]);
  });

  it.each([
    [200, '[#######                       ] 100 of 400 calls (25 %), $1.23'],
    [50, '[####            ] 100 of 400 calls (25 %), $1.23'],
    [30, '100 of 400 calls (25 %), $1.23'],
  ])('keeps to a terminal of %d columns', (columns, line) => {
    const drawn: string[] = [];
    const bar = progressBar({
      redraw: (line) => drawn.push(line),
      columns: () => columns,
      print: () => {},
      spentUsd: () => 1.234,
      nowMs: () => 1000,
    });
    bar.tell({ done: 100, total: 400, asked: 0 });
    expect(drawn).toEqual([line]);
  });

  it('is a bar on a terminal, and leaves the last one standing', () => {
    const { bar, printed, drawn, at } = aBar(true);
    at(0, 0);
    at(100, 50);
    at(250, 100);
    at(300, 400);
    bar.end();
    expect(drawn).toEqual([
      '[                              ] 0 of 400 calls (0 %), $1.23',
      '[#######                       ] 100 of 400 calls (25 %), $1.23, 1 s left',
      '[##############################] 400 of 400 calls (100 %), $1.23',
    ]);
    expect(printed).toEqual(['']);
  });

  it('reckons what is left by the calls of this run alone', () => {
    const { printed, at } = aBar(false);
    at(60_000, 300, 10);
    at(7_200_000, 301, 11);
    expect(printed.map((line) => line.split(', ').at(-1))).toEqual(['10 min left', '18 h 0 min left']);
  });

  it('says nothing of a run that did nothing', () => {
    const { bar, printed, drawn } = aBar(true);
    bar.end();
    expect([printed, drawn]).toEqual([[], []]);
  });
});
