/** Comma-separated values after RFC 4180. */

export interface CsvRow {
  /** Counted from 1, of the row's first line. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Cells a spreadsheet would take for formulas: what a prompt says is not to be computed. */
const FORMULA = /^[=+\-@\t\r]/;

export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(written).join(',')}\r\n`).join('');
}

function written(cell: string): string {
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Reads what people's programs make of it too: a byte order mark, semicolons or tabs between cells, lines that end in any way. */
export function readCsv(text: string): readonly CsvRow[] {
  const body = text.replace(/^\u{feff}/u, '');
  const separator = separatorOf(body);
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let first = 1;
  let quoted = false;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: first, cells });
    cells = [];
    cell = '';
    first = line;
  };
  for (let index = 0; index < body.length; index++) {
    const character = body[index] as string;
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (body[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r') cell += character;
  }
  endRow();
  return rows;
}

/** What stands between the heading's cells. */
function separatorOf(body: string): string {
  const heading = body.split('\n', 1)[0] as string;
  return [',', ';', '\t'].find((one) => heading.includes(one)) ?? ',';
}
