/** Text that is HTML already. */
export interface Markup {
  readonly html: string;
}

export type Part = Markup | string | number | false | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A number stays in one line with its sign. */
function withFirmPercents(text: string): string {
  return text.replace(/(\d) %/g, '$1\u00a0%');
}

/** HTML of a template; whatever is put into it is escaped, unless it is HTML already. What is absent leaves nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: strings.reduce((text, string, index) => text + written(parts[index - 1]) + string) };
}

function written(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeHtml(withFirmPercents(part));
  if (typeof part === 'number') return String(part);
  if ('html' in part) return part.html;
  return part.map(written).join('');
}
