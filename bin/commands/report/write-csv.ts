export type CsvCell = string | number | boolean | null;

/**
 * Lines as RFC 4180 wants them, without the end of the last one. Names are strangers' texts, and a spreadsheet takes one that
 * begins with one of these signs for a formula: a single quote before it makes it a text. Numbers are left as they are.
 */
export function writeCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => row.map(written).join(',')).join('\r\n');
}

const FORMULA = /^[=+\-@\t\r]/;

function written(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
