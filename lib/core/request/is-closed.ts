const TAG = /<(\/?)([a-z][\w-]*)(?:\s[^<>]*)?>/gi;
const QUOTES = /"""|'''/g;

/**
 * Whether a text closes every element and quotation that it opens, and opens those that it closes. One that does not holds an
 * edge of something larger: without it what is retrieved could pass for what a person said.
 */
export function isClosed(text: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = ''] of text.matchAll(TAG)) {
    if (slash !== '/') open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0 && (text.match(QUOTES)?.length ?? 0) % 2 === 0;
}
