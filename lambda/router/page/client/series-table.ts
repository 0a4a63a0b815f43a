import { element } from './element';
import { tableBody, tableHead } from './table-parts';

/** The same figures as a chart's, for who reads rather than looks; filled when it is opened and kept up to date then. */
export class SeriesTable {
  readonly box: HTMLDetailsElement;
  private readonly table = element('table');
  private rows: () => readonly (readonly string[])[] = () => [];

  constructor(private readonly caption: string) {
    const scroll = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, this.table);
    this.box = element('details', { class: 'as-table' }, element('summary', {}, 'As a table'), scroll);
    this.box.addEventListener('toggle', () => this.fill());
  }

  /** The first row is the headings. */
  show(rows: () => readonly (readonly string[])[]): void {
    this.rows = rows;
    this.fill();
  }

  private fill(): void {
    if (!this.box.open) return;
    const [headings = [], ...rows] = this.rows();
    this.table.replaceChildren(
      element('caption', { class: 'unseen' }, this.caption),
      tableHead(headings),
      tableBody(rows),
    );
  }
}
