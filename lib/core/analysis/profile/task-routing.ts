import type { Policy, Task } from '../../types-policy';
import { choosingOf } from '../choosing';
import { type AnswerTable, ordinaryRows, type SampleRow } from './answer-table';
import type { Certification, TaskRouting, Way } from './profile-document';
import type { Manner } from './run/possible-starts';
import { type RowGuide, type ServePlan, serveCorpus, shareServed } from './serve-corpus';
import { planOf } from './task-baseline';

export interface TaskRoutingInput {
  readonly policy: Pick<Policy, 'score'>;
  readonly task: Task;
  readonly certification: Certification;
  /** The task's rows; adversarial ones are left out. */
  readonly rows: readonly SampleRow[];
  readonly answers: AnswerTable;
  /** What is said of single rows where the task begins in this manner at that tier. */
  readonly guideOf: (manner: Manner, tier: string) => RowGuide;
  readonly asProfiled: RowGuide;
}

/** How the profiled policy routes the task, and how its rows would go if they began elsewhere. */
export function taskRouting(input: TaskRoutingInput): TaskRouting {
  const { policy, task, certification, guideOf } = input;
  const { ladder, route } = task;
  const rows = ordinaryRows(input.rows);
  const play = (plan: ServePlan): Way | undefined => wayOf(plan, rows, input.answers);
  const byTier = (manner: Manner): Record<string, Way> =>
    Object.fromEntries(
      ladder.flatMap((start) => {
        const way = play({ ladder, route, start, ...guideOf(manner, start) });
        return way === undefined ? [] : [[start, way]];
      }),
    );
  const choosing = choosingOf(policy, task);
  const plan = planOf(task, certification, input.asProfiled);
  const profiled = play(plan);
  return {
    route,
    start: plan.start,
    ...('tier' in certification && { certified: certification.tier }),
    ...(plan.threshold !== undefined && { threshold: plan.threshold }),
    ...(choosing && { choosing }),
    ...(profiled && { profiled }),
    byStart: byTier('start'),
    ...(choosing && { byStrategy: byTier('strategy'), byCertificate: byTier('certificate') }),
  };
}

/** Undefined where no row can be played to its end. */
function wayOf(plan: ServePlan, rows: readonly SampleRow[], answers: AnswerTable): Way | undefined {
  const served = serveCorpus(plan, rows, answers);
  if (served.length === 0) return undefined;
  const shares = (of: 'start' | 'tier'): Record<string, number> =>
    Object.fromEntries(plan.ladder.map((tier) => [tier, shareServed(served, (one) => one[of] === tier)]));
  return { n: served.length, begins: shares('start'), mix: shares('tier') };
}
