/** One column of a table: its heading, what stands in it of each row, and at which side. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly isNumber?: boolean;
}

/** A heading and a table below it, without columns that hold nothing; empty without rows. */
export function grid<Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return '';
  const filled = columns
    .map((column) => Object.assign({ cells: rows.map(column.cell) }, column))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const padded = filled.map(({ heading, cells, isNumber = false }) => {
    const width = Math.max(heading.length, ...cells.map((cell) => cell.length));
    return [heading, ...cells].map((cell) => (isNumber ? cell.padStart(width) : cell.padEnd(width)));
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    `  ${padded.map((cells) => cells[line]).join('  ')}`.trimEnd(),
  );
  return [title, ...lines].join('\n');
}
