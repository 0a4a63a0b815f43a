import type { OracleSpec } from '../types-policy';
import type { ForesightedOracle } from './foresighted-oracle';
import { textOracle } from './text-oracle';

/** The text has at least `min` and at most `max` characters, as a reader counts them: an emoji is one, not two. */
export function length(spec: Extract<OracleSpec, { kind: 'length' }>): ForesightedOracle {
  const { min = 0, max = Number.POSITIVE_INFINITY } = spec;
  const excess = (characters: number) => (characters > max ? `${characters} characters, more than ${max}` : undefined);
  return textOracle(
    'length',
    (text) => {
      const characters = countCharacters(text);
      return characters < min ? `${characters} characters, fewer than ${min}` : excess(characters);
    },
    undefined,
    (text) => excess(countCharacters(text.trimEnd())),
  );
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
