import type { Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { textOracle } from './text-oracle';

/** The pattern sees no more characters than this: a pattern's time may grow faster than its text. */
const MAX_SEEN = 100_000;

/** The pattern is found somewhere in the text. */
export function regex(spec: Extract<OracleSpec, { kind: 'regex' }>): Oracle {
  const pattern = new RegExp(spec.pattern, spec.flags);
  return textOracle('regex', (text) => {
    // With `g` or `y` a pattern goes on where it last stopped; every text is to be judged alike.
    pattern.lastIndex = 0;
    try {
      return pattern.test(text.slice(0, MAX_SEEN)) ? undefined : 'the pattern is not found';
    } catch {
      return 'the pattern is too costly for this text';
    }
  });
}
