import type { Feedback } from '../../../lib/core/types-feedback';
import type { ArrivedFeedback, AttributionStore } from './attribution-port';
import { contentHash } from './content-hash';

/** A word of feedback among those on its request, which count from 1. */
export interface NumberedWord {
  readonly number: number;
  readonly feedback: Feedback;
}

/** Words of feedback, each kept for good with the one that it takes the place of. */
export interface Words {
  last(requestId: string): Promise<NumberedWord | undefined>;
  /** False where there is one of that number already. */
  add(number: number, word: ArrivedFeedback): Promise<boolean>;
}

export function feedbackIn(words: Words): Pick<AttributionStore, 'putFeedback' | 'feedbackOn'> {
  return {
    async putFeedback(feedback) {
      // Each turn that is lost is one that another word has won.
      for (;;) {
        const last = await words.last(feedback.requestId);
        if (last !== undefined && isSame(last.feedback, feedback)) return 'duplicate';
        const word = last === undefined ? { feedback } : { feedback, replaced: last.feedback };
        if (await words.add((last?.number ?? 0) + 1, word)) return 'stored';
      }
    },

    async feedbackOn(requestId) {
      return (await words.last(requestId))?.feedback;
    },
  };
}

/** The last of those that `read` finds by their number, which follow one another without a gap. Asks for few of many. */
export async function lastInRow(
  read: (number: number) => Promise<Feedback | undefined>,
): Promise<NumberedWord | undefined> {
  let last: NumberedWord | undefined;
  let known = 0;
  let missing = Infinity;
  let number = 1;
  while (known < missing - 1) {
    const feedback = await read(number);
    if (feedback === undefined) {
      missing = number;
    } else {
      last = { number, feedback };
      known = number;
    }
    number = missing === Infinity ? known * 2 : Math.floor((known + missing) / 2);
  }
  return last;
}

/** Told again, whenever that was. */
function isSame(left: Feedback, right: Feedback): boolean {
  return hashOf(left) === hashOf(right);
}

function hashOf({ time: _, ...said }: Feedback): string {
  return contentHash(said);
}
