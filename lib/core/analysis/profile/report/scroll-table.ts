import { html, type Markup, type Part } from './markup';

/**
 * A table that scrolls by itself where the page is too narrow for it; the first cell of each row is its heading. One of the
 * kind `tall` puts its cells below one another there. Roles are spelled out, since a table laid out otherwise loses its own.
 */
export function scrollTable(
  caption: string,
  head: readonly Part[],
  rows: readonly (readonly Part[])[],
  kind = '',
): Markup {
  const names = head.map((cell) => (typeof cell === 'string' ? cell : ''));
  const row = ([first, ...rest]: readonly Part[]): Markup =>
    html`<tr role="row"><th role="rowheader" scope="row">${first}</th>${rest.map((cell, index) => html`<td role="cell" data-name="${names[index + 1]}">${cell}</td>`)}</tr>\n`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table role="table" class="${kind}">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head.map((cell) => html`<th role="columnheader" scope="col">${cell}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(row)}</tbody>
</table></div>`;
}
