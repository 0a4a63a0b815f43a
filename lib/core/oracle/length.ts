import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { textOracle } from './text-oracle';

/** The text has at least `min` and at most `max` characters, as a reader counts them: an emoji is one, not two. */
export function length(spec: Extract<OracleSpec, { kind: 'length' }>): Oracle {
  const { min = 0, max = Number.POSITIVE_INFINITY } = spec;
  return textOracle('length', (text) => {
    const characters = countCharacters(text);
    if (characters < min) return `${characters} characters, fewer than ${min}`;
    return characters > max ? `${characters} characters, more than ${max}` : undefined;
  });
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
