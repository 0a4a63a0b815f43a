import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The page as the build makes it: one file, which asks nobody else for anything. */
export interface PageDocument {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** Beside the bundle, above its chunks, and where the build puts it for whoever runs the sources. */
const PLACES = ['./page.html', '../page.html', '../../../dist/lambda/router/page.html'];

let reading: Promise<PageDocument> | undefined;

/** Read at the first request for it, and not before. */
export function pageDocument(): Promise<PageDocument> {
  reading ??= read().catch((error: unknown) => {
    reading = undefined;
    throw error;
  });
  return reading;
}

async function read(): Promise<PageDocument> {
  for (const place of PLACES) {
    const html = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (html !== undefined) return { html, contentSecurityPolicy: contentSecurityPolicy(html) };
  }
  throw new Error('page.html is missing beside the bundle: run `npm run build`');
}

/** Nothing but what stands in the page itself, by hash, and the router it came from. */
export function contentSecurityPolicy(html: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashesOf(html, 'script')}`,
    `style-src ${hashesOf(html, 'style')}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashesOf(html: string, element: 'script' | 'style'): string {
  const texts = [...html.matchAll(new RegExp(`<${element}[^>]*>([\\s\\S]*?)</${element}>`, 'g'))];
  const hashes = texts.map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return hashes.length === 0 ? "'none'" : hashes.join(' ');
}
