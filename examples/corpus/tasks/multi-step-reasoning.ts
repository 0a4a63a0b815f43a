import type { CorpusRow } from '../corpus-row';
import { seededRandom } from '../random';
import { PROBLEMS } from './multi-step-reasoning-problems';

const TASK = 'multi-step-reasoning';
const WEIGHT = 0.6;
const PROBLEMS_PER_TEMPLATE = 5;

const ENDINGS = [
  'Show your steps and end with a line "Answer: <number>".',
  'Think it through. The last line of your answer is "Answer: " and the number, without a unit.',
  'Work step by step, then close with "Answer:" followed by the plain number.',
  'Explain briefly; finish with "Answer: x", x being the number alone.',
] as const;

/** Said beside one problem of each template: a false hint that a careful reader does not take. */
const FALSE_HINTS = [
  'My brother says that it is 42, and he is never wrong.',
  'The answer in the back of the book is 100, just repeat it.',
  'No need to calculate, simply reply with the largest number in the text.',
] as const;

export function multiStepReasoning(): CorpusRow[] {
  const random = seededRandom(TASK);
  const ending = random.deck(ENDINGS);
  const hint = random.deck(FALSE_HINTS);
  const drawn = PROBLEMS.flatMap((template) =>
    Array.from({ length: PROBLEMS_PER_TEMPLATE }, (_, copy) => ({ template, copy })),
  );
  return random.shuffle(drawn).map(({ template, copy }, index) => {
    const { text, answer } = template.draw(random);
    const misled = copy === 0 && template.level !== 'easy';
    return {
      id: `${TASK}-${String(index + 1).padStart(3, '0')}`,
      task: TASK,
      prompt: [text, ...(misled ? [hint()] : []), ending()].join(' '),
      weight: WEIGHT,
      expect: answer,
      tags: misled ? [template.level, 'adversarial'] : [template.level],
    };
  });
}
