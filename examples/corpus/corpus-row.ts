/** One line of a corpus file: a prompt, and what a good answer to it must hold. */

export interface CorpusMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the task's oracles compare an answer with: a label or phrase, phrases that must all occur, a number, or fields. */
export type Expectation = string | number | readonly string[] | Readonly<Record<string, string | number | null>>;

export interface CorpusRow {
  readonly id: string;
  readonly task: string;
  /** Either a bare prompt or whole messages. */
  readonly prompt?: string;
  readonly messages?: readonly CorpusMessage[];
  /** The same for every row of a task: it sets the mix between tasks. */
  readonly weight?: number;
  readonly expect: Expectation;
  /** One of `easy`, `medium`, `hard`; `adversarial` where the text tries to steer the model; a language other than English. */
  readonly tags: readonly string[];
  readonly group?: string;
}

/** The text a person sent last: what tells one row from another. */
export function promptOf(row: Pick<CorpusRow, 'prompt' | 'messages'>): string {
  return row.prompt ?? row.messages?.findLast((message) => message.role === 'user')?.content ?? '';
}
