import { html, type Markup, type Part } from './markup';

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly body: Part;
  /** Runs in the page; it may fetch nothing. */
  readonly script?: string;
}

/** A page that stands alone: it asks for nothing from anywhere, and says so to the browser. */
export function standalonePage({ title, style, body, script }: Page): string {
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'${script ? "; script-src 'unsafe-inline'" : ''}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
${script !== undefined && html`<script>${raw(script)}</script>`}
</body>
</html>
`.html;
}

/** Text of the program's own, never of a corpus. */
function raw(text: string): Markup {
  return { html: text };
}
