import type { AnswerChoice, Oracle } from '../types';
import type { OracleKind } from '../types-policy';

/** What is wrong with a text, in words that hold nothing of it; undefined for nothing. */
export type TextFault = (text: string, expect: unknown) => string | undefined;

/** Whether there is something to compare with. */
type Applies = (expect: unknown) => boolean;

export const whereExpected: Applies = (expect) => expect !== undefined && expect !== null;

/** What all oracles on text have in common: text is trimmed, and a refusal or an empty text fails. */
export function textOracle(kind: OracleKind, fault: TextFault, applies: Applies = () => true): Oracle {
  return {
    kind,
    check(choice, expect) {
      if (!applies(expect) || choice.toolCalls.length > 0) return undefined;
      const wrong = withoutText(choice) ?? fault(choice.text.trim(), expect);
      return { pass: wrong === undefined, oracle: kind, detail: wrong ?? '' };
    },
  };
}

function withoutText(choice: AnswerChoice): string | undefined {
  if (choice.refusal !== '') return 'the model refused';
  return choice.text.trim() === '' ? 'the text is empty' : undefined;
}
