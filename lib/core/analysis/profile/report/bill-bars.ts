import { html, type Markup } from './markup';

export interface BillPart {
  readonly name: string;
  readonly usd: number;
  /** Class of its colour. */
  readonly ink: string;
}

/** What a month costs in one way of running it, as a bar of its parts against the dearest way. */
export function billBar(spoken: string, parts: readonly BillPart[], mostUsd: number): Markup {
  let from = 0;
  const rects = parts.map(({ name, usd, ink }) => {
    const width = mostUsd > 0 ? (Math.max(0, usd) / mostUsd) * 100 : 0;
    const rect = html`<rect class="part ${ink}" x="${shown(from)}%" y="2" width="${shown(width)}%" height="20"><title>${name}</title></rect>`;
    from += width;
    return rect;
  });
  return html`<svg class="bar" width="100%" height="24" role="img" aria-label="${spoken}">${rects}</svg>`;
}

function shown(percent: number): number {
  return Number(percent.toFixed(3));
}
