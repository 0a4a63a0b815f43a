import type { AnswerChoice, Checked, Judgement, Oracle } from '../types';

/** An oracle that may tell an answer by its beginning, while the rest of it is still to come. */
export interface ForesightedOracle extends Oracle {
  /** Undefined: the beginning proves nothing. */
  beginning(choice: AnswerChoice, judgement: Judgement): Checked;
}

export function isForesighted(oracle: Oracle): oracle is ForesightedOracle {
  return 'beginning' in oracle;
}
