import { entriesOf, mappingsOf, memberOf } from './draft';
import type { Path } from './path';

const SECRET_HEADER = /^(?:proxy-)?authorization$|api-?key$/i;

/** A variable with no default, or an empty one: nothing secret stands in it. */
const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}/g;

/** Where a document, as it was written, holds a key in plain text. A store must not keep such a document. */
export function findLiteralKeys(document: unknown): readonly Path[] {
  return mappingsOf(memberOf(document, 'tiers')).flatMap(([id, tier]) => {
    if (id.startsWith('x-')) return [];
    const headers = entriesOf(tier.headers).filter(([name, value]) => SECRET_HEADER.test(name) && isLiteral(value));
    return [
      ...(isLiteral(memberOf(tier, 'apiKey')) ? [['tiers', id, 'apiKey']] : []),
      ...headers.map(([name]) => ['tiers', id, 'headers', name]),
    ];
  });
}

/** `Bearer ${KEY}` is no literal key. */
function isLiteral(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const rest = value.replace(VARIABLE, '').trim();
  return rest !== '' && !(/^(?:bearer|basic)$/i.test(rest) && rest !== value.trim());
}
