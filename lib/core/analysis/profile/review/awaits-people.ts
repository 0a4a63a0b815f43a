import type { Task } from '../../../types-policy';

/** Whether anything follows from what people say of the task's answers: they are its check, or what its judge is held against. */
export function awaitsPeople({ oracle }: Pick<Task, 'oracle'>): boolean {
  return oracle.some(({ kind }) => kind === 'human' || kind === 'judge');
}
