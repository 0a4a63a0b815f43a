import { table } from '../command';

/** A heading, rows in columns and lines below them, indented. */
export function section(heading: string, rows: readonly (readonly string[])[], lines: readonly string[] = []): string {
  if (rows.length === 0 && lines.length === 0) return '';
  const body = [...(rows.length === 0 ? [] : table(rows).split('\n')), ...lines];
  return [heading, ...body.map((line) => `  ${line}`.trimEnd())].join('\n');
}
