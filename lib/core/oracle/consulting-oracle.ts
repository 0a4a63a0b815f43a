import type { AnswerChoice, Checked, Judgement, Oracle } from '../types';
import type { OracleKind } from '../types-policy';
import { faultWithoutText } from './text-oracle';

/** What an oracle finds of a text once it may look at more than the text. */
export type Finding = (choice: AnswerChoice, judgement: Judgement) => Promise<Checked> | Checked;

/** What oracles have in common that need the answering tier or a call to judge by: the text alone tells them nothing. */
export function consultingOracle(kind: OracleKind, find: Finding): Oracle & Required<Pick<Oracle, 'consult'>> {
  return {
    kind,
    check: () => undefined,
    async consult(choice, judgement) {
      if (choice.toolCalls.length > 0) return undefined;
      const wrong = faultWithoutText(choice);
      return wrong === undefined ? find(choice, judgement) : { pass: false, oracle: kind, detail: wrong };
    },
  };
}
