import type { AnswerChoice } from '../types';
import type { OracleKind } from '../types-policy';
import type { ForesightedOracle } from './foresighted-oracle';

/** What is wrong with a text, in words that hold nothing of it; undefined for nothing. */
export type TextFault = (text: string, expect: unknown) => string | undefined;

/** What is wrong with a text whatever may follow it. */
export type BeginningFault = (text: string) => string | undefined;

/** Whether there is something to compare with. */
type Applies = (expect: unknown) => boolean;

export const whereExpected: Applies = (expect) => expect !== undefined && expect !== null;

const always: Applies = () => true;
const nothing: BeginningFault = () => undefined;

/** What all oracles on text have in common: text is trimmed, and a refusal or an empty text fails. */
export function textOracle(
  kind: OracleKind,
  fault: TextFault,
  applies: Applies = always,
  beginningFault: BeginningFault = nothing,
): ForesightedOracle {
  return {
    kind,
    check(choice, expect) {
      if (!applies(expect) || choice.toolCalls.length > 0) return undefined;
      const wrong = faultWithoutText(choice) ?? fault(choice.text.trim(), expect);
      return { pass: wrong === undefined, oracle: kind, detail: wrong ?? '' };
    },
    beginning({ text, refusal }) {
      // What may still come is white space for some oracles and the rest of a word for others.
      const wrong = refusal === '' ? beginningFault(text.trimStart()) : REFUSED;
      return wrong === undefined ? undefined : { pass: false, oracle: kind, detail: wrong };
    },
  };
}

const REFUSED = 'the model refused';

/** What is wrong with a choice that holds no text to be judged. */
export function faultWithoutText(choice: AnswerChoice): string | undefined {
  if (choice.refusal !== '') return REFUSED;
  return choice.text.trim() === '' ? 'the text is empty' : undefined;
}
