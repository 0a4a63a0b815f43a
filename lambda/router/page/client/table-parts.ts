import { element } from './element';

/** The headings of a table, one row of them. */
export function tableHead(
  headings: readonly string[],
  isNumber: (column: number) => boolean = () => false,
): HTMLElement {
  const cells = headings.map((text, column) =>
    element('th', { scope: 'col', class: isNumber(column) ? 'number' : undefined }, text),
  );
  return element('thead', {}, element('tr', {}, ...cells));
}

/** Rows that each begin with their own heading. */
export function tableBody(rows: readonly (readonly (string | Node)[])[]): HTMLElement {
  const made = rows.map(([first = '', ...rest]) =>
    element('tr', {}, element('th', { scope: 'row' }, first), ...rest.map((value) => element('td', {}, value))),
  );
  return element('tbody', {}, ...made);
}
