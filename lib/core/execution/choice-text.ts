import type { Answer } from '../types';

/** The text of an answer's choices, one after the other. */
export function choiceText(answer: Answer): string {
  return answer.choices.map(({ text }) => text).join('\n');
}
