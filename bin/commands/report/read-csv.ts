export interface CsvLine {
  readonly cells: readonly string[];
  /** Of the text, counted from 1: a cell in quotes may hold several. */
  readonly line: number;
}

/** Cells as RFC 4180 writes them; a byte order mark and lines that end in LF alone are taken too. */
export function readCsv(text: string): CsvLine[] {
  const lines: CsvLine[] = [];
  let cells: string[] = [];
  let line = 1;
  let began = 1;
  for (const [, quoted, plain = '', end = ''] of text.replace(/^\uFEFF/, '').matchAll(CELL)) {
    const cell = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    cells.push(cell);
    line += cell.split('\n').length - 1;
    if (end === ',') continue;
    lines.push({ cells, line: began });
    cells = [];
    line += 1;
    began = line;
    if (end === '') break;
  }
  return lines;
}

/** A cell in quotes or not, and what follows it: a comma, the end of the line, or nothing more. */
const CELL = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\r|$)/g;
