import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../bin/commands/report/read-csv';
import { writeCsv } from '../../../bin/commands/report/write-csv';

function cellsOf(text: string) {
  return readCsv(text).map(({ cells }) => cells);
}

describe('CSV that is written', () => {
  it('ends lines as RFC 4180 wants, and quotes what would break one', () => {
    const text = writeCsv([
      ['name', 'usd', 'below'],
      ['a, "b"', -1.5, true],
      ['two\nlines', 1e-7, null],
    ]);
    expect(text).toBe('name,usd,below\r\n"a, ""b""",-1.5,true\r\n"two\nlines",1e-7,');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('gives %j no chance to be a formula', (name) => {
    expect(cellsOf(writeCsv([[name, 'x']]))).toEqual([[`'${name}`, 'x']]);
  });

  it('leaves numbers numbers, negative ones too', () => {
    expect(writeCsv([[-12.5, 0, 3]])).toBe('-12.5,0,3');
  });

  it('is read as it was, whatever it says', () => {
    const cell = fc.string({ unit: 'binary' }).filter((text) => !/^[=+\-@\t\r\uFEFF]/.test(text));
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (given) => {
        expect(cellsOf(`${writeCsv(given)}\r\n`).slice(0, given.length)).toEqual(given);
      }),
    );
  });
});

describe('CSV that is read', () => {
  it('may have a byte order mark, and lines that end in LF or CR alone', () => {
    expect(cellsOf('\uFEFFa,1\nb,2\r\nc,3\rd,4')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
    ]);
  });

  it('says in which line of the text each begins', () => {
    const lines = readCsv('a,1\n"two\nlines",2\nb,3\n').map(({ line, cells }) => [line, cells[1]]);
    expect(lines.slice(0, 3)).toEqual([
      [1, '1'],
      [2, '2'],
      [4, '3'],
    ]);
  });
});
