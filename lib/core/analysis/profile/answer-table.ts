import type { CorpusAnswer, CorpusRow } from './profile-document';

/** What of a row its statistics need: not the prompt. */
export type SampleRow = Pick<CorpusRow, 'id' | 'weight' | 'tags' | 'group'>;

/** Rows that try to break a tier. They are not drawn from the traffic, so they count apart and in no certificate. */
const ADVERSARIAL = 'adversarial';

export function isAdversarial(row: SampleRow): boolean {
  return row.tags.includes(ADVERSARIAL);
}

/** Those that are drawn from the traffic. */
export function ordinaryRows<Row extends SampleRow>(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => !isAdversarial(row));
}

/** Rows of one group are not independent; a row without one is its own. The marks keep the two kinds of name apart. */
export function unitOf(row: SampleRow): string {
  return row.group === undefined ? `row:${row.id}` : `group:${row.group}`;
}

/** The first answer of each tier to each row; repeats for stability are not among them. */
export class AnswerTable {
  readonly #byTier = new Map<string, Map<string, CorpusAnswer>>();

  constructor(answers: Iterable<CorpusAnswer>) {
    for (const answer of answers) {
      if (answer.sample !== 0) continue;
      const ofTier = this.#byTier.get(answer.tier) ?? new Map<string, CorpusAnswer>();
      ofTier.set(answer.row, answer);
      this.#byTier.set(answer.tier, ofTier);
    }
  }

  /** Whatever came of the call, failures included. */
  call(tier: string, row: string): CorpusAnswer | undefined {
    return this.#byTier.get(tier)?.get(row);
  }

  /** The answer, where there is one with a verdict. */
  judged(tier: string, row: string): (CorpusAnswer & { readonly pass: boolean }) | undefined {
    const answer = this.call(tier, row);
    return answer !== undefined && isJudged(answer) ? answer : undefined;
  }

  /** Why the tier's answer to the row, or the one that was left out, vouches for nothing; undefined where it does. */
  disowned(_tier: string, _row: string): string | undefined {
    return undefined;
  }
}

export function isJudged(answer: CorpusAnswer): answer is CorpusAnswer & { readonly pass: boolean } {
  return answer.pass !== undefined && answer.failed === undefined;
}
